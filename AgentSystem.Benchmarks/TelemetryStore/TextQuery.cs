using AgentSystem.Benchmarks.TelemetryStore.Load;

namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary>A kind of question about lines.</summary>
/// <param name="Service">Whose lines; null for all.</param>
/// <param name="Texts">What a line has to contain.</param>
/// <param name="Expected">How many lines there have to be in the answer; null when that is not known beforehand.</param>
internal sealed record TextQuery(string? Service, IReadOnlyList<string> Texts, int? Expected)
{
    // Rare, common, short, absent, and without text: a store is quick at some of these by its design, and not at others.
    internal static readonly IReadOnlyList<(string Name, Func<ulong, long, TextQuery> Make)> All =
    [
        ("one id of one line, all services", (chance, lines) => new(null, [Template.IdOf(chance % (ulong)lines)], 1)),
        ("one id of one line, one service", (chance, lines) => new(LogLoad.ServiceOf((long)(chance % (ulong)lines)), [Template.IdOf(chance % (ulong)lines)], 1)),
        ("a common word", (chance, _) => new(AnyService(chance), ["completed"], null)),
        ("a phrase in 1 % of the lines", (chance, _) => new(AnyService(chance), ["connection reset by peer"], null)),
        ("two filters", (chance, _) => new(AnyService(chance), ["Retrying", "connection reset"], null)),
        ("two filters, never in one line", (chance, _) => new(AnyService(chance), ["Retrying", "readability"], 0)),
        ("three letters, common", (chance, _) => new(AnyService(chance), ["429"], null)),
        ("three letters, nowhere", (chance, _) => new(AnyService(chance), ["q%7"], 0)),
        ("two letters, nowhere", (chance, _) => new(AnyService(chance), ["~Z"], 0)),
        ("a text that is nowhere, all services", (_, _) => new(null, ["segmentation fault"], 0)),
        ("common words that are nowhere side by side", (chance, _) => new(AnyService(chance), ["completed claimed after"], 0)),
        ("label only", (chance, _) => new(AnyService(chance), [], null)),
    ];

    internal string LogQl => $"{{service_name{(Service is null ? "=~\".+\"" : $"=\"{Service}\"")}}}{string.Concat(Texts.Select(t => $" |= `{t}`"))}";

    private static string AnyService(ulong chance) => LogLoad.ServiceOf((long)(chance % 1000) * LogLoad.LinesPerRequest);
}
