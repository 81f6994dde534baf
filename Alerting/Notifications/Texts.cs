namespace AgentSystem.Alerting.Notifications;

/// <summary>Texts within the limits of those who show them.</summary>
internal static class Texts
{
    /// <summary>At most <paramref name="length"/> characters, the last one an ellipsis when something is missing; never half of a pair.</summary>
    internal static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var end = length - 1;
        return (char.IsHighSurrogate(text[end - 1]) ? text[..(end - 1)] : text[..end]) + "…";
    }

    /// <summary>The incident's page, where the console's address is known.</summary>
    internal static string? Link(string console, string id) => console.Length == 0 ? null : $"{console.TrimEnd('/')}/incidents/{id}";
}
