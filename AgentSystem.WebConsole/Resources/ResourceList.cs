using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Resources;

/// <summary>The resources as the page lists them: in order, without what is hidden.</summary>
public static class ResourceList
{
    /// <summary>What runs, by name; a text finds names, types, states and addresses.</summary>
    public static IReadOnlyList<Resource> Processes(IEnumerable<Resource> resources, string? text = null) =>
    [
        .. Shown(resources).Where(resource => resource.Type != "Parameter" && Matches(resource, text))
            .OrderBy(resource => resource.Name, StringComparer.Ordinal).ThenBy(resource => resource.Id, StringComparer.Ordinal),
    ];

    /// <summary>The parameters, by name.</summary>
    public static IReadOnlyList<Resource> Parameters(IEnumerable<Resource> resources) =>
        [.. Shown(resources).Where(resource => resource.Type == "Parameter").OrderBy(resource => resource.Name, StringComparer.Ordinal)];

    /// <summary>The process of an id, or of a name that only one has.</summary>
    public static Resource? Find(IEnumerable<Resource> resources, string idOrName)
    {
        ArgumentNullException.ThrowIfNull(resources);
        var all = resources.ToArray();
        var named = all.Where(resource => string.Equals(resource.Name, idOrName, StringComparison.OrdinalIgnoreCase)).Take(2).ToArray();
        return all.FirstOrDefault(resource => string.Equals(resource.Id, idOrName, StringComparison.OrdinalIgnoreCase))
            ?? (named is [var only] ? only : null);
    }

    /// <summary>What its page is found under: its name, which lasts longer than a run, unless it has siblings.</summary>
    public static string KeyOf(Resource resource, IEnumerable<Resource> all)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return all.Count(other => other.Name == resource.Name) > 1 ? resource.Id : resource.Name;
    }

    /// <summary>The address of its page.</summary>
    public static string PathOf(Resource resource, IEnumerable<Resource> all) => $"/resources/{Uri.EscapeDataString(KeyOf(resource, all))}";

    /// <summary>The kind of a resource in words: <c>Native backend</c> for <c>NativeBackend</c>.</summary>
    public static string TypeText(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return string.Concat(type.Select((c, i) => i > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));
    }

    private static IEnumerable<Resource> Shown(IEnumerable<Resource> resources) => resources.Where(resource => !resource.Hidden);

    private static bool Matches(Resource resource, string? text) =>
        string.IsNullOrWhiteSpace(text)
        || new[] { resource.Id, resource.Type, ResourceState.Of(resource).Text }.Concat(resource.Urls.Select(url => url.Address))
            .Any(field => field.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase));
}
