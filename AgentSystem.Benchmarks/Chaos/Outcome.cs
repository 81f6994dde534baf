namespace AgentSystem.Benchmarks.Chaos;

/// <summary>What came of a trial. Times are from the moment at which the fault was there.</summary>
internal sealed record Outcome(Trial Trial)
{
    /// <summary>Until the alert fired in Prometheus.</summary>
    internal TimeSpan? ToFiring { get; set; }

    /// <summary>Until it was in an incident.</summary>
    internal TimeSpan? ToIncident { get; set; }

    /// <summary>From the end of the fault until nothing fired any more and no incident was open.</summary>
    internal TimeSpan? ToQuiet { get; set; }

    /// <summary>Alerts that fired besides the one that tells of it.</summary>
    internal SortedSet<string> Also { get; } = new(StringComparer.Ordinal);

    /// <summary>What the incident says of its cause.</summary>
    internal string Cause { get; set; } = "";

    /// <summary>What it would say if the fault were not known.</summary>
    internal string WithoutKnowledge { get; set; } = "";

    internal int Incidents { get; set; }

    /// <summary>How often an incident that pages was opened, the first time and again.</summary>
    internal int Openings { get; set; }

    /// <summary>How often somebody was paged.</summary>
    internal int Pages { get; set; }

    /// <summary>How many notifications Alertmanager alone sent that something fires, and that it ended.</summary>
    internal (int Firing, int Ended) Alone { get; set; }

    /// <summary>Claims that did not hold.</summary>
    internal List<string> Broken { get; } = [];
}
