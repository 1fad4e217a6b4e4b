using System.CommandLine;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;
using Gatehouse.Storage;
using Gatehouse.Terminals;

namespace Gatehouse.CommandLine;

/// <summary>One run of a command: what was asked, and where to answer.</summary>
/// <param name="Parsed">The command line.</param>
/// <param name="Terminal">Standard input, output and error.</param>
/// <param name="Cancelled">Cancelled when the process is told to end.</param>
internal sealed record Invocation(ParseResult Parsed, Terminal Terminal, CancellationToken Cancelled)
{
    /// <summary>Whether the answer is wanted as JSON; only for commands that offer it.</summary>
    public bool Json => Parsed.GetResult(CommonOptions.Json) is not null && Parsed.GetValue(CommonOptions.Json);

    /// <summary>The data directory's full path; it need not exist.</summary>
    /// <exception cref="StoreException">None was named and there is no home directory.</exception>
    public string DataDirectory => Storage.DataDirectory.Resolve(Parsed.GetValue(CommonOptions.DataDirectory));

    /// <summary>What the configuration is made from, in this process, but for what the vault holds.</summary>
    public ConfigInputs UnkeyedInputs() => new()
    {
        File = Parsed.GetValue(CommonOptions.ConfigFile),
        DataDirectory = DataDirectory,
        Environment = Gateway.Configuration.ConfigInputs.ProcessEnvironment(),
    };

    /// <summary>What the configuration is made from, in this process: the same as a server's on this data directory.</summary>
    /// <exception cref="StoreException">The database can't be read.</exception>
    public async Task<ConfigInputs> ConfigInputsAsync() =>
        UnkeyedInputs() with { VaultProviders = await Installation.VaultProvidersAsync(DataDirectory, Cancelled) };
}
