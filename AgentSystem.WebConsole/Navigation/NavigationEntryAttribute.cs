using Microsoft.FluentUI.AspNetCore.Components;

namespace AgentSystem.WebConsole.Navigation;

/// <summary>Puts a page into the navigation; its address is the page's first route.</summary>
/// <param name="title">Its name.</param>
/// <param name="order">Its place; entries have steps of 10.</param>
/// <param name="icon">A class of Fluent UI's icons, size 20.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NavigationEntryAttribute(string title, int order, Type icon) : Attribute
{
    /// <summary>Its name.</summary>
    public string Title => title;

    /// <summary>Its place.</summary>
    public int Order => order;

    /// <summary>Its icon; a class derived from <see cref="Microsoft.FluentUI.AspNetCore.Components.Icon"/>.</summary>
    public Type Icon => icon;

    /// <summary>The key that leads there after <c>g</c>.</summary>
    public char Key { get; init; }
}

/// <summary>A page in the navigation.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Path">Its address, with the slash.</param>
/// <param name="Order">Its place.</param>
/// <param name="Icon">Its icon.</param>
/// <param name="Key">The key that leads there after <c>g</c>.</param>
public sealed record NavigationEntry(string Title, string Path, int Order, Icon Icon, char Key);
