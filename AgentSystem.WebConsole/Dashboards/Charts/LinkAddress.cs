using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;

namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>Writes out the address of a link.</summary>
public static class LinkAddress
{
    /// <summary>The address; null for one that names something we don't know, or leads anywhere but to a page.</summary>
    public static string? Of(DashboardLink link, Scope scope, TimeWindow range, string? valueText = null, string? valueRaw = null)
    {
        if (valueText is not null)
            scope = scope.With("__value.text", Uri.EscapeDataString(valueText)).With("__value.raw", Uri.EscapeDataString(valueRaw ?? valueText));
        string url;
        try
        {
            url = scope.With(range).Apply(link.Url, TextUse.Url);
        }
        catch (DashboardException)
        {
            return null;
        }
        var extra = new List<string>();
        if (link.KeepTime)
            extra.Add(scope.With(range).Apply("${__url_time_range}", TextUse.Plain));
        if (link.KeepVariables)
            extra.Add(scope.Apply("${__all_variables}", TextUse.Plain));
        if (extra.Count > 0)
            url += (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join('&', extra);
        var isPage = url.StartsWith('/') || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        return isPage && !url.Contains("${", StringComparison.Ordinal) ? url : null;
    }
}
