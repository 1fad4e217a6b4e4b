using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Admission;

internal sealed partial class CostCorrections
{
    [LoggerMessage(2201, LogLevel.Warning, "Costs that were reckoned again could not be read yet; monthly caps go by the former ones until they are")]
    private partial void LogNotRead(Exception failure);
}
