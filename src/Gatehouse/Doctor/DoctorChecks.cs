using Gatehouse.Doctor.Agents;
using Gatehouse.Doctor.Checks;

namespace Gatehouse.Doctor;

/// <summary>Every check, in the order in which they are run and shown: first what the others rest on.</summary>
internal static class DoctorChecks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new GatewayCheck(),
        new PortCheck(),
        new ConfigurationCheck(),
        new MasterKeyCheck(),
        new DatabaseCheck(),
        new LedgerCheck(),
        new DiskCheck(),
        new FileModesCheck(),
        new ClockCheck(),
        new TokensCheck(),
        new ProviderKeysCheck(),
        new ProvidersCheck(),
        new ClaudeProgramCheck(),
        new AgentsCheck(),
        new SettingsFileCheck(),
        new AddressCheck(),
        new BaseUrlCheck(),
        new AgentTokenCheck(),
        new CredentialsCheck(),
        new HelperCheck(),
        new VariableCheck(),
        new ModelsCheck(),
        new ElsewhereCheck(),
        new ShellCheck(),
        new ManagedCheck(),
        new SharedTokenCheck(),
        new LoginCheck(),
        new ToolSearchCheck(),
        new AgentModesCheck(),
        new LeftoversCheck(),
        new CodexWireCheck(),
        new CodexProviderCheck(),
        new CodexSocketsCheck(),
        new SubscriptionCheck(),
    ];
}
