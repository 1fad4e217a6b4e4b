using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Admission;

internal sealed partial class BudgetBook
{
    [LoggerMessage(2200, LogLevel.Warning, "User {User} has used {Percent} % or more of the budget of {Budget}")]
    private partial void LogAlert(string user, int percent, string budget);
}
