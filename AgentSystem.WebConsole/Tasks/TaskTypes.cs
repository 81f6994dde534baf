using AgentSystem.Protocol.Api;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>What kinds of work there are.</summary>
public static class TaskTypes
{
    // What the offline agents do, for as long as no worker has told.
    private static readonly string[] Usual = ["document_analysis", "process_document", "summarize"];

    /// <summary>What the workers that are there say that they do, sorted.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<WorkerView>? workers)
    {
        var told = (workers ?? []).SelectMany(worker => worker.Instances).SelectMany(instance => instance.Types).Where(type => type != "*").Distinct().ToList();
        return [.. (told.Count > 0 ? told : [.. Usual]).Order(StringComparer.Ordinal)];
    }
}
