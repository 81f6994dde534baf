using AgentSystem.Protocol;

namespace AgentSystem.WebConsole.Shared;

/// <summary>Where somebody wants to go who gives an id.</summary>
public static class SearchTarget
{
    /// <summary>The page of a trace (32 hexadecimal digits) or else of a task; null for what is neither.</summary>
    public static string? Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        if (text.Length == 32 && text.All(char.IsAsciiHexDigit))
            return $"/traces/{text.ToLowerInvariant()}";
        return TaskId.IsValid(text) ? $"/tasks/{text}" : null;
    }
}
