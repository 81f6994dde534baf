using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary>Makes a pipeline ready to work, and tells what of it a store can do better.</summary>
internal static class StageCompiler
{
    /// <exception cref="LogQlParseException">A stage cannot do what it is asked to: a bad template, path or regular expression.</exception>
    internal static IReadOnlyList<IStage> Compile(IEnumerable<Stage> stages) => [.. stages.Select(Compile)];

    /// <summary>
    /// Texts that a line must contain to get through: those of the line filters before the first stage that may change the line.
    /// </summary>
    internal static IReadOnlyList<string> RequiredTexts(IEnumerable<Stage> stages) => [.. stages
        .TakeWhile(s => s is not (LineFormatStage or DecolorizeStage))
        .OfType<LineFilterStage>()
        .Where(f => f is { Match: LineMatch.Contains, Texts.Count: 1 } && f.Texts[0].Length > 0)
        .Select(f => f.Texts[0])];

    private static IStage Compile(Stage stage)
    {
        try
        {
            return stage switch
            {
                LineFilterStage line => new LineFilter(line),
                ParserStage { Parser: "json" } => new JsonParser(),
                JsonExtractionStage json => new JsonExtractor(json),
                LogfmtStage logfmt => new LogfmtParser(logfmt),
                LabelFilterStage filter => new LabelCondition(filter.Filter),
                LineFormatStage format => new LineFormatter(format),
                LabelFormatStage formats => new LabelFormatter(formats),
                LabelChoiceStage choice => new LabelChooser(choice),
                DecolorizeStage => new Decolorize(),
                _ => throw new FormatException("the stage is not supported by this store"),
            };
        }
        catch (FormatException e)
        {
            throw new LogQlParseException($"stage '{stage}' : {e.Message}", e);
        }
    }
}
