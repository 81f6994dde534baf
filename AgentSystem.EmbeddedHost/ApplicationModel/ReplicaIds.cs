namespace Aspire.Hosting.ApplicationModel;

/// <summary>The names of a resource's replicas: the resource's own and eight letters by which this run is told from others.</summary>
internal sealed record ReplicaIds(IReadOnlyList<string> Ids) : IResourceAnnotation
{
    private const int SuffixLength = 8;

    /// <summary>Gives each replica of a resource with processes a name, once.</summary>
    public static void AddTo(IResource resource)
    {
        if (resource.HasAnnotationOfType<ReplicaIds>() || resource is not (ProjectResource or ExecutableResource or ContainerResource))
            return;
        resource.Annotations.Add(new ReplicaIds(
        [
            .. Enumerable.Range(0, resource.GetReplicaCount())
                .Select(_ => $"{resource.Name}-{System.Security.Cryptography.RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", SuffixLength)}"),
        ]));
    }

    /// <summary>The names; that of the resource when it has no replicas of its own.</summary>
    public static IReadOnlyList<string> Of(IResource resource) => resource.TryGetLastAnnotation<ReplicaIds>(out var replicas) ? replicas.Ids : [resource.Name];

    /// <summary>What tells the process from others of its resource.</summary>
    public static string Suffix(string id) => id[^SuffixLength..];
}
