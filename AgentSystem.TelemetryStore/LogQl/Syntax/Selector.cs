using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>A query. Its text is canonical: reading it again gives an equal query.</summary>
public abstract record Expr;

/// <summary>Which lines: a stream selector and what is done with each of its lines, <c>{app="x"} |= "y" | json</c>.</summary>
/// <param name="Matchers">The stream selector's conditions.</param>
/// <param name="Stages">The pipeline, in the order of the query.</param>
public sealed record LogExpr(Sequence<LabelMatcher> Matchers, Sequence<Stage> Stages) : Expr
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var selector = $"{{{string.Join(", ", Matchers.Select(Print.Matcher))}}}";
        return Stages.Count == 0 ? selector : $"{selector} {string.Join(' ', Stages)}";
    }
}

/// <summary>How parts of a query are written.</summary>
internal static class Print
{
    internal static string Matcher(LabelMatcher matcher) => $"{matcher.Name}{Operator(matcher.Match)}{GoText.Quote(matcher.Value)}";

    internal static string Operator(LabelMatch match) => match switch
    {
        LabelMatch.Equal => "=",
        LabelMatch.NotEqual => "!=",
        LabelMatch.Regex => "=~",
        _ => "!~",
    };

    internal static string Comparison(Comparison comparison) => comparison switch
    {
        Syntax.Comparison.Equal => "==",
        Syntax.Comparison.NotEqual => "!=",
        Syntax.Comparison.Greater => ">",
        Syntax.Comparison.GreaterOrEqual => ">=",
        Syntax.Comparison.Less => "<",
        _ => "<=",
    };
}
