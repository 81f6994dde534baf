using System.Globalization;
using System.Text.Json;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>Asks Prometheus and Loki for the choices of variables.</summary>
public sealed class VariableQueries(PrometheusClient prometheus, LokiClient loki, SharedQueries shared) : IVariableSource
{
    /// <inheritdoc/>
    public IReadOnlyList<Choice> DataSources(string type) => Queries.DataSources.OfType(type);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> AskAsync(DataSourceRef source, VariableQuery query, TimeWindow range, CancellationToken cancellation) =>
        Queries.DataSources.Find(source, Scope.Empty) == Backend.Loki ? await LokiAsync(query, range, cancellation) : await PrometheusAsync(query, range, cancellation);

    private async Task<IReadOnlyList<string>> PrometheusAsync(VariableQuery query, TimeWindow range, CancellationToken cancellation)
    {
        // Rounded, so that everybody who looks within a minute asks the same.
        var (from, to) = (Steps.Align(range.From, TimeSpan.FromMinutes(1)), Steps.Align(range.To, TimeSpan.FromMinutes(1)).AddMinutes(1));
        var span = $"start={PrometheusClient.Seconds(from)}&end={PrometheusClient.Seconds(to)}";
        var match = query.Argument.Length == 0 || query.Kind is VariableQueryKind.MetricNames ? "" : $"&match[]={Uri.EscapeDataString(query.Argument)}";
        switch (query.Kind)
        {
            case VariableQueryKind.LabelValues:
                return Texts(await GetAsync($"api/v1/label/{Uri.EscapeDataString(query.Label)}/values?{span}{match}", cancellation));
            case VariableQueryKind.LabelNames:
                return Texts(await GetAsync($"api/v1/labels?{span}{match}", cancellation));
            case VariableQueryKind.MetricNames:
                var pattern = GrafanaRegex.Of($"/{query.Argument}/", TimeSpan.FromMilliseconds(100));
                return [.. Texts(await GetAsync($"api/v1/label/__name__/values?{span}", cancellation)).Where(name => pattern.IsMatch(name))];
            case VariableQueryKind.Series:
                return [.. (await GetAsync($"api/v1/series?{span}{match}", cancellation)).EnumerateArray().Select(Name)];
            default:
                var answer = await shared.AskAsync(Backend.Prometheus, $"{query.Argument}@{to:o}", stop => prometheus.QueryAsync(query.Argument, range.To, stop), cancellation);
                return answer.IsData
                    ? [.. answer.Value.Select(s => string.Create(CultureInfo.InvariantCulture, $"{Name(s.Labels)} {s.Point.Value} {s.Point.At.ToUnixTimeMilliseconds()}"))]
                    : throw Refused(answer.Problem);
        }
    }

    private async Task<IReadOnlyList<string>> LokiAsync(VariableQuery query, TimeWindow range, CancellationToken cancellation)
    {
        var (from, to) = (Steps.Align(range.From, TimeSpan.FromMinutes(1)), Steps.Align(range.To, TimeSpan.FromMinutes(1)).AddMinutes(1));
        var span = string.Create(CultureInfo.InvariantCulture, $"start={from.ToUnixTimeMilliseconds()}000000&end={to.ToUnixTimeMilliseconds()}000000");
        var selector = query.Argument.Length == 0 ? "" : $"&query={Uri.EscapeDataString(query.Argument)}";
        var path = query.Kind switch
        {
            VariableQueryKind.LabelValues => $"loki/api/v1/label/{Uri.EscapeDataString(query.Label)}/values?{span}{selector}",
            VariableQueryKind.LabelNames => $"loki/api/v1/labels?{span}{selector}",
            _ => throw new DashboardException($"Not supported: the query of a variable '{query.Argument}' to Loki."),
        };
        var answer = await shared.AskAsync(Backend.Loki, path, stop => loki.GetAsync(path, DashboardLokiJson.Default.LokiTexts, stop), cancellation);
        return answer.IsData ? answer.Value.Data ?? [] : throw Refused(answer.Problem);
    }

    private async Task<JsonElement> GetAsync(string path, CancellationToken cancellation)
    {
        var answer = await shared.AskAsync(Backend.Prometheus, path, stop => prometheus.GetAsync(path, PrometheusJson.Default.PrometheusAnswer, stop), cancellation);
        return answer.IsData ? answer.Value.Data : throw Refused(answer.Problem);
    }

    private static DashboardException Refused(Problem problem) =>
        new(problem.Kind == ProblemKind.Down ? $"{problem.Backend.Title()} does not answer: {problem.Text}" : $"{problem.Backend.Title()}: {problem.Text}");

    private static IReadOnlyList<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString() ?? "")];

    private static string Name(JsonElement labels) => Name(labels.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString() ?? ""));

    private static string Name(IReadOnlyDictionary<string, string> labels) =>
        $"{labels.GetValueOrDefault("__name__", "")}{{{string.Join(',', labels.Where(l => l.Key != "__name__").OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}=\"{l.Value}\""))}}}";
}
