using System.Text.RegularExpressions;

namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>Regular expressions as people write them in Grafana: JavaScript's, between slashes with flags, or bare.</summary>
public static class GrafanaRegex
{
    /// <summary>The expression, with a limit on how long it may take.</summary>
    /// <exception cref="DashboardException">It is no regular expression.</exception>
    public static Regex Of(string pattern, TimeSpan limit)
    {
        var options = RegexOptions.CultureInvariant;
        var body = pattern;
        if (pattern.Length > 1 && pattern[0] == '/' && pattern.LastIndexOf('/') is > 0 and var end)
        {
            body = pattern[1..end];
            if (pattern.AsSpan(end).Contains('i'))
                options |= RegexOptions.IgnoreCase;
        }
        else
        {
            body = $"^{pattern}$";
        }
        try
        {
            return new(body, options, limit);
        }
        catch (ArgumentException e)
        {
            throw new DashboardException($"'{pattern}' is not a regular expression: {e.Message}", e);
        }
    }
}
