using System.Globalization;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>What clients ask about the server itself.</summary>
internal static class StatusEndpoints
{
    // Clients choose by the version what they may ask for.
    private const string Version = "3.7.6", Revision = "agentsystem";

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/status/buildinfo", () => Results.Json(new
        {
            version = Version,
            revision = Revision,
            branch = "",
            buildUser = "",
            buildDate = "",
            goVersion = "",
        }));
        api.MapGet("/drilldown-limits", (IOptions<LokiOptions> options) => Results.Json(new
        {
            limits = new Dictionary<string, object>
            {
                ["discover_log_levels"] = true,
                ["discover_service_name"] = PushReceiver.ServiceLabels,
                ["log_level_fields"] = Array.Empty<string>(),
                ["max_entries_limit_per_query"] = options.Value.MaxEntriesLimit,
                ["max_line_size_truncate"] = false,
                ["max_query_bytes_read"] = "0B",
                ["max_query_length"] = GoDuration.FormatPrometheus(options.Value.MaxQueryLength.Ticks * 100),
                ["max_query_lookback"] = "0s",
                ["max_query_range"] = "0s",
                ["max_query_series"] = options.Value.MaxQuerySeries,
                ["metric_aggregation_enabled"] = false,
                ["otlp_config"] = new { },
                ["pattern_persistence_enabled"] = false,
                ["query_timeout"] = options.Value.QueryTimeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + "s",
                ["retention_period"] = "0s",
                ["volume_enabled"] = true,
                ["volume_max_series"] = 1000,
            },
            pattern_ingester_enabled = false,
            version = Version,
        }));
        // Without the cast it would count as a RequestDelegate, whose result is thrown away.
        api.MapMethods("/format_query", LokiExtensions.Asking, (Delegate)FormatAsync);
    }

    private static async Task<IResult> FormatAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        try
        {
            return Results.Json(new { status = "success", data = Parser.Parse(parameters.Query).ToString() });
        }
        catch (LogQlException e)
        {
            return Results.Json(new { status = "invalid-query", error = e.Message }, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
