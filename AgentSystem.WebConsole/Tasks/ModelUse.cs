using System.Globalization;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>What a task took of models, as its spans tell: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/.</summary>
/// <param name="Calls">Calls of a model.</param>
/// <param name="InputTokens">Tokens sent.</param>
/// <param name="OutputTokens">Tokens received.</param>
/// <param name="Dollars">What it cost in US dollars; null where no span says.</param>
/// <param name="Models">The models.</param>
public sealed record ModelUse(int Calls, double InputTokens, double OutputTokens, double? Dollars, IReadOnlyList<string> Models)
{
    /// <summary>Adds up the calls; an agent's own span repeats their sums and is left out.</summary>
    public static ModelUse Of(IEnumerable<Span> spans)
    {
        var calls = spans.Where(span => span.Tags.GetValueOrDefault("gen_ai.operation.name") is "chat" or "text_completion" or "generate_content").ToList();
        var costs = calls.Select(span => Number(span, "gen_ai.usage.cost_usd")).Where(cost => cost is not null).ToList();
        return new(
            calls.Count,
            calls.Sum(span => Number(span, "gen_ai.usage.input_tokens") ?? 0),
            calls.Sum(span => Number(span, "gen_ai.usage.output_tokens") ?? 0),
            costs.Count > 0 ? costs.Sum() : null,
            [.. calls.Select(span => span.Tags.GetValueOrDefault("gen_ai.response.model") ?? span.Tags.GetValueOrDefault("gen_ai.request.model") ?? "").Where(name => name.Length > 0).Distinct()]);
    }

    private static double? Number(Span span, string tag) =>
        double.TryParse(span.Tags.GetValueOrDefault(tag), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
