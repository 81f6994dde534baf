using AgentSystem.Protocol.Api;

namespace AgentSystem.WebConsole.Budgets;

/// <summary>How ceilings are shown.</summary>
public static class BudgetText
{
    /// <summary>The ceiling's name.</summary>
    public static string NameOf(BudgetCeiling ceiling)
    {
        ArgumentNullException.ThrowIfNull(ceiling);
        return (ceiling.Worker, ceiling.Scope) switch
        {
            ({ } worker, _) => $"{worker}'s day",
            (null, "day") => "Today",
            (null, "month") => "This month",
            _ => ceiling.Scope,
        };
    }

    /// <summary>The share that is spent or held, from 0 to 1; all of nothing is used up.</summary>
    public static double Used(BudgetCeiling ceiling)
    {
        ArgumentNullException.ThrowIfNull(ceiling);
        return ceiling.LimitUsd <= 0 ? 1 : Math.Clamp((double)((ceiling.SpentUsd + ceiling.ReservedUsd) / ceiling.LimitUsd), 0, 1);
    }
}
