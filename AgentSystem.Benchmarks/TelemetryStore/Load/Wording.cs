namespace AgentSystem.Benchmarks.TelemetryStore.Load;

/// <summary>
/// Log lines as services write them: sentences, key=value and JSON, with names from short lists, words from a longer one, and ids and
/// numbers that differ in every line (as marks of <see cref="Template"/>).
/// </summary>
internal sealed class Wording(int seed)
{
    private static readonly string[] Types = ["summarize", "document_analysis", "process_document"];
    private static readonly string[] Paths = ["/tasks", "/tasks/stats", "/workers", "/api/traces", "/loki/api/v1/query_range", "/health"];
    private static readonly string[] Models = ["claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "offline"];

    private static readonly string[] Errors =
    [
        "connection reset by peer", "the operation timed out after ## s", "no such file or directory", "permission denied",
        "429 too many requests", "unexpected end of file", "the journal is locked", "broken pipe",
    ];

    private static readonly string[] Words =
        ("""
        account adapter agent alert answer archive attempt average balance batch block branch buffer bundle cache call canvas cargo center
        chain change channel chapter check circle claim client clock cluster column command comment commit compile concept connect content
        context control copy counter create cursor daily data decide default deliver depth design detail device digest direct document
        domain double draft drive edition effect element engine entry error event exact example expect export extract factor failure fetch
        field figure filter final finger first folder follow format forward frame future gather general graph group handle header history
        ignore image import index inform input insert inspect journal keyword label language layer leader length letter level library limit
        linear list local machine manage manual mapping margin master measure medium member memory message method middle minute mirror model
        module monitor month narrow native network normal notice number object observe office option order origin output package panel paper
        parent partial pattern people percent phrase pipeline planet point policy portion prepare present process produce profile project
        public purpose quality quarter question queue random range reader reason record reduce region release remain remote render repeat
        report request reserve resolve result return review rotate sample scale schedule scope screen search second section select sentence
        server service session shadow signal simple single source speech stable stage standard station storage stream strong structure
        subject submit summary supply support surface switch symbol system table target teacher template thread ticket title token topic
        trace traffic transfer trigger tunnel unique update upload usage value variable vector version visit volume wait weather widget
        window winter worker writer yellow zone
        """).Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

#pragma warning disable CA5394 // Words, not secrets; and the same ones in each run.
    private readonly Random _random = new(seed);

    /// <summary>A line, and its OTLP severity.</summary>
    internal (string Line, int Severity) Next() => _random.Next(100) switch
    {
        < 18 => ($"Task {Template.Id} of type {Any(Types)} claimed after ### ms, ## waiting", 9),
        < 34 => ($"Task {Template.Id} completed in #### ms: ## sentences, #### words, readability ##.##, about {Any(Words)} and {Any(Words)}", 9),
        < 50 => ($"HTTP GET {Any(Paths)} responded 200 in ##.### ms for {Template.Id}", 9),
        < 62 => ($"level=info component={Any(Words)} msg=\"{Sentence(3, 7)}\" request={Template.Id} duration_ms=### bytes=#####", 9),
        < 74 => ($"{{\"event\":\"{Any(Words)}_{Any(Words)}\",\"task\":\"{Template.Id}\",\"model\":\"{Any(Models)}\",\"tokens\":####,\"cost\":0.0####}}", 9),
        < 90 => ($"{Sentence(6, 14)} ({Template.Id})", 5),
        < 96 => ($"Retrying {Any(Words)} of {Template.Id}: {Any(Errors)} (attempt 2 of 5), next in ### ms", 13),
        _ => ($"Could not read /shared/documents/{Any(Words)}-{Any(Words)}-####.md for {Template.Id}: {Any(Errors)}", 17),
    };

    internal string Word() => Any(Words);

    internal string Type() => Any(Types);

    internal string Model() => Any(Models);

    private string Sentence(int atLeast, int atMost)
    {
        var words = Enumerable.Range(0, _random.Next(atLeast, atMost + 1)).Select(_ => Any(Words));
        return string.Join(' ', words);
    }

    private string Any(string[] all) => all[_random.Next(all.Length)];
#pragma warning restore CA5394
}
