using System.Diagnostics;

namespace AgentSystem.WebConsole.Live;

/// <summary>What nobody asked for by hand makes no traces, neither here nor where the question arrives.</summary>
internal static class Untraced
{
    /// <summary>From here on, this flow's requests say that their trace is not recorded.</summary>
    internal static Activity Start()
    {
        Activity.Current = null;
        var activity = new Activity("untraced").SetIdFormat(ActivityIdFormat.W3C).Start();
        activity.ActivityTraceFlags = ActivityTraceFlags.None;
        return activity;
    }
}
