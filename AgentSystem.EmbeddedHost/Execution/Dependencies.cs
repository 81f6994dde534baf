using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>Who waits for whom.</summary>
internal static class Dependencies
{
    public static void ThrowIfCyclic(IEnumerable<IResource> resources)
    {
        foreach (var resource in resources)
            Visit(resource, []);

        static void Visit(IResource resource, List<IResource> path)
        {
            if (path.Contains(resource))
            {
                var cycle = path.SkipWhile(r => r != resource).Append(resource).Select(r => r.Name);
                throw new DistributedApplicationException($"These resources wait for each other, so none of them would ever start: {string.Join(" -> ", cycle)}. Remove one WaitFor.");
            }

            path.Add(resource);
            foreach (var next in Of(resource))
                Visit(next, path);
            path.RemoveAt(path.Count - 1);
        }
    }

    /// <summary>Groups of resources, those that nobody depends on first.</summary>
    public static IReadOnlyList<IReadOnlyList<IResource>> InStopOrder(IEnumerable<IResource> resources) =>
        [.. resources.GroupBy(Depth).OrderByDescending(g => g.Key).Select(g => (IReadOnlyList<IResource>)[.. g])];

    private static int Depth(IResource resource) => Of(resource).Select(Depth).DefaultIfEmpty(-1).Max() + 1;

    private static IEnumerable<IResource> Of(IResource resource) => resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource);
}
