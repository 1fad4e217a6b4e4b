using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Shells;

/// <summary>The scripts of <c>gatehouse completion</c>, run by the shells that they are for.</summary>
public class ShellCompletionTests
{
    // Each prints what its shell would propose for the words in $1…, one per line. fish has a command for that; the others' functions are
    // called with the variables that the shell sets, for without a terminal there is no Tab key.
    private const string Bash =
        """
        source <(gatehouse completion bash)
        complete -p gatehouse >/dev/null || exit 9
        COMP_WORDS=(gatehouse "$@") COMP_CWORD=$#
        compopt() { printf 'compopt %s\n' "$*"; }
        _gatehouse
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    private const string Zsh =
        """
        compdef() { [[ $1 == _gatehouse && $2 == gatehouse ]] || exit 9 }
        _describe() { print -rl -- "${(P@)2}" }
        _files() { print -r -- "files $*" }
        source <(gatehouse completion zsh)
        words=(gatehouse "$@") CURRENT=$(( $# + 1 ))
        _gatehouse
        """;

    private const string Fish =
        """
        gatehouse completion fish | source
        complete -C (string join ' ' -- gatehouse $argv)
        """;

    [Theory]
    [InlineData("bash", Bash)]
    [InlineData("zsh", Zsh)]
    [InlineData("fish", Fish)]
    public async Task The_shell_proposes_what_the_program_says(string shell, string driver)
    {
        using var folder = new TestFolder();
        var program = folder.Write("bin/gatehouse", $"#!/bin/sh\nexec '{string.Join("' '", RepositoryPaths.Command)}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = folder.Write("driver", driver);
        async Task<string[]> ProposedAsync(params string[] words)
        {
            var environment = folder.Environment(("PATH", $"{folder.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}"));
            await using var run = GuardedProcess.Start([shell, file, .. words], environment, folder.Path);
            (await run.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeOneOf([0, 1], run.Story);
            run.Errors.ShouldBeEmpty(run.Story);
            return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t', shell == "zsh" ? ':' : '\t')[0])];
        }

        (await ProposedAsync("tok")).ShouldBe(["token"]);
        (await ProposedAsync("token", "")).ShouldBe(["create", "list", "revoke"]);
        (await ProposedAsync("token", "create", "--kind", "")).ShouldBe(["admin", "client", "service"]);
        (await ProposedAsync("token", "create", "--kin")).ShouldBe(["--kind"]);
        if (shell == "bash") (await ProposedAsync("token", "create", "--kind", "=", "cl")).ShouldBe(["client"]);
        else (await ProposedAsync("token", "create", "--kind=cl")).ShouldBe(["--kind=client"]);
        // A value that is a file is the shell's own affair.
        var files = await ProposedAsync("--config", shell == "fish" ? "driv" : "");
        files.ShouldBe(shell switch { "bash" => ["compopt -o default"], "zsh" => ["files "], _ => ["driver"] });
    }
}
