using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AgentSystem.WebConsole.Navigation;

/// <summary>The pages that say of themselves that they belong into the navigation, in its order.</summary>
public sealed record NavigationEntries(IReadOnlyList<NavigationEntry> All)
{
    /// <summary>Finds them.</summary>
    /// <exception cref="InvalidOperationException">An entry is no page, or two have the same key.</exception>
    public static NavigationEntries In(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var entries = assembly.GetTypes()
            .Select(page => (Page: page, Entry: page.GetCustomAttribute<NavigationEntryAttribute>()))
            .Where(found => found.Entry is not null)
            .Select(found => Read(found.Page, found.Entry!))
            .OrderBy(entry => entry.Order)
            .ToList();
        if (entries.GroupBy(entry => entry.Key).FirstOrDefault(group => group.Count() > 1) is { } same)
            throw new InvalidOperationException($"{string.Join(" and ", same.Select(entry => entry.Title))} have the same key '{same.Key}'.");
        return new(entries);
    }

    private static NavigationEntry Read(Type page, NavigationEntryAttribute entry)
    {
        var route = page.GetCustomAttributes<RouteAttribute>().FirstOrDefault(route => !route.Template.Contains('{', StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{page.Name} is in the navigation and has no @page without parameters.");
        return new(entry.Title, route.Template, entry.Order, (Icon)Activator.CreateInstance(entry.Icon)!, entry.Key);
    }
}
