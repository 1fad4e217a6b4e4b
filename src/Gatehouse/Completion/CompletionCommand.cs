using System.CommandLine;
using System.Reflection;
using Gatehouse.CommandLine;

namespace Gatehouse.Completion;

/// <summary><c>gatehouse completion</c>: what a shell needs to complete the program's command lines.</summary>
internal static class CompletionCommand
{
    private static readonly Argument<string> s_shell = new("shell") { Description = "bash, zsh, fish or powershell.", HelpName = "SHELL" };

    static CompletionCommand() => s_shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "powershell");

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "completion",
        "Print the script that completes command lines in a shell: commands, options and their values.",
        "source <(gatehouse completion bash)                                           # in ~/.bashrc",
        "source <(gatehouse completion zsh)                                            # in ~/.zshrc, after compinit",
        "gatehouse completion fish > ~/.config/fish/completions/gatehouse.fish",
        "gatehouse completion powershell | Out-String | Invoke-Expression              # in $PROFILE") { s_shell, CommonOptions.Json }.Runs(
            RunAsync);

    private static Task<Report> RunAsync(Invocation invocation)
    {
        var shell = invocation.Parsed.GetValue(s_shell)!;
        var script = Script(shell);
        return Task.FromResult(Report.Done(terminal => terminal.Output.Write(script), json =>
        {
            json.WriteStartObject();
            json.WriteString("shell", shell);
            json.WriteString("script", script);
            json.WriteEndObject();
        }));
    }

    /// <summary>The script of a shell, from <c>Scripts</c> beside this file.</summary>
    internal static string Script(string shell)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"completion.{shell}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
