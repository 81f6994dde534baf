using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>
/// Reads LogQL by recursive descent, with the grammar, limits and error texts of Loki 3.7
/// (<see href="https://grafana.com/docs/loki/latest/query/"/>). What Loki would read and this store cannot do, is an error that says so.
/// </summary>
public sealed partial class Parser
{
    // Loki's limit, in bytes there.
    private const int MaxLength = 131_072;

    // Deeper trees than anybody writes would exhaust the stack of whoever walks them.
    private const int MaxDepth = 200, MaxLinks = 1000;

    private const string NeedsMatcher =
        "queries require at least one regexp or equality matcher that does not have an empty-compatible value. "
        + "For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will";

    private readonly Lexer _lexer;
    private Token _token;
    private int _depth, _links;

    // Loki finds these only after it has read the whole query, so that a mistake in the syntax comes first.
    private LogQlParseException? _late;

    private Parser(string text)
    {
        _lexer = new Lexer(text);
        _token = _lexer.Next();
    }

    /// <summary>Reads a query of either kind.</summary>
    /// <exception cref="LogQlException">The text is not a query, or not one that this store answers.</exception>
    public static Expr Parse(string text)
    {
        var expr = ParseUnchecked(text);
        foreach (var logs in Selectors(expr))
            RequireMatcher(logs.Matchers);
        return expr;
    }

    /// <summary>Reads a stream selector and nothing else.</summary>
    /// <param name="text">The selector.</param>
    /// <param name="mayMatchAll">Whether Loki accepts one here that every stream satisfies.</param>
    public static IReadOnlyList<LabelMatcher> ParseSelector(string text, bool mayMatchAll = false) =>
        (mayMatchAll ? ParseUnchecked(text) : Parse(text)) is LogExpr { Stages.Count: 0 } logs
            ? logs.Matchers
            : throw new LogQlException("only label matchers are supported");

    /// <summary>The log selections of a query, from left to right.</summary>
    internal static IEnumerable<LogExpr> Selectors(Expr expr) => expr switch
    {
        LogExpr logs => [logs],
        RangeAggregation range => [range.Range.Logs],
        VectorAggregation vector => Selectors(vector.Of),
        LabelReplace replace => Selectors(replace.Of),
        BinaryExpr binary => Selectors(binary.Left).Concat(Selectors(binary.Right)),
        _ => [],
    };

    private static Expr ParseUnchecked(string text)
    {
        if (text.Length >= MaxLength)
            throw new LogQlParseException($"input size too long ({text.Length} > {MaxLength})");
        var parser = new Parser(text);
        var expr = parser.Expression(0);
        if (parser._token.Kind is not TokenKind.End)
            throw parser.Unexpected();
        return parser._late is { } late ? throw late : expr;
    }

    private static void RequireMatcher(Sequence<LabelMatcher> matchers)
    {
        if (!matchers.Any(m => !LabelPredicate.Compile(m)("")))
            throw new LogQlParseException(NeedsMatcher);
    }

    private Sequence<LabelMatcher> Selector()
    {
        Expect("{", "{");
        var matchers = new List<LabelMatcher>();
        if (Take("}"))
            return [];
        do
        {
            var name = Identifier(matchers.Count == 0 ? ["IDENTIFIER", "}"] : ["IDENTIFIER"]);
            if (MatchOperator() is not { } match)
                throw Unexpected("=", "=~", "!~", "!=");
            Advance();
            matchers.Add(Matcher(name, match, Text()));
        }
        while (Take(","));
        Expect("}", "}", ",");
        return new(matchers);
    }

    private LabelMatch? MatchOperator() => _token.Kind is not TokenKind.Symbol ? null : _token.Text switch
    {
        "=" => LabelMatch.Equal,
        "!=" => LabelMatch.NotEqual,
        "=~" => LabelMatch.Regex,
        "!~" => LabelMatch.NotRegex,
        _ => null,
    };

    private static LabelMatcher Matcher(string name, LabelMatch match, string value)
    {
        var matcher = new LabelMatcher(name, match, value);
        try
        {
            LabelPredicate.Compile(matcher);
        }
        catch (Re2Exception e)
        {
            throw new LogQlParseException(e.Message, e);
        }
        return matcher;
    }

    private Sequence<string> Names(string closing)
    {
        var names = new List<string>();
        do
            names.Add(Identifier(names.Count == 0 ? ["IDENTIFIER", closing] : ["IDENTIFIER"]));
        while (Take(","));
        return new(names);
    }

    private Token Advance()
    {
        var token = _token;
        _token = _lexer.Next();
        return token;
    }

    private bool Take(string symbol)
    {
        if (!_token.Is(symbol))
            return false;
        Advance();
        return true;
    }

    private void Expect(string symbol, params string[] expected)
    {
        if (!Take(symbol))
            throw Unexpected(expected);
    }

    private Token Expect(TokenKind kind, params string[] expected) => _token.Kind == kind ? Advance() : throw Unexpected(expected);

    private string Identifier(params string[] expected) => Expect(TokenKind.Identifier, expected.Length == 0 ? ["IDENTIFIER"] : expected).Text;

    private string Text() => Expect(TokenKind.String, "STRING").Text;

    /// <param name="expected">What Loki's parser lists, which it does for up to four words.</param>
    private LogQlParseException Unexpected(params string[] expected)
    {
        var hint = expected.Length == 0 ? "" : ", expecting " + string.Join(" or ", expected);
        return _lexer.Error($"syntax error: unexpected {_token.Name}{hint}", _token.Offset, _token.IsAfterLookahead);
    }

    private LogQlParseException NotSupported(string what) => _lexer.Error($"{what} is not supported by this store", _token.Offset);

    private T Nested<T>(Func<T> parse)
    {
        if (++_depth > MaxDepth)
            throw _lexer.Error($"the query is nested more than {MaxDepth} levels deep", _token.Offset);
        var result = parse();
        _depth--;
        return result;
    }

    /// <summary>Counts an operator between two operands.</summary>
    private void Link()
    {
        if (++_links > MaxLinks)
            throw _lexer.Error($"the query chains more than {MaxLinks} operators", _token.Offset);
    }
}
