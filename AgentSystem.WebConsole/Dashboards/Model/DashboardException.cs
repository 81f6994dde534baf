namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>A dashboard cannot be read. The message names the place in the file and says what belongs there.</summary>
public sealed class DashboardException : Exception
{
    public DashboardException(string message) : base(message)
    {
    }

    public DashboardException(string message, Exception inner) : base(message, inner)
    {
    }
}
