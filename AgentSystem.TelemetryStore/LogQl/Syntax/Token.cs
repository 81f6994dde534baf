namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>What a word of a query is.</summary>
internal enum TokenKind
{
    End,
    Identifier,
    String,
    Number,
    Duration,
    Bytes,
    Range,
    Flag,
    /// <summary>A name that Loki knows and that an opening parenthesis or a grouping follows.</summary>
    Function,
    /// <summary>A keyword, an operator or punctuation.</summary>
    Symbol,
}

/// <summary>A word of a query.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word itself; for a string its content, for functions and symbols their canonical, lower-case spelling.</param>
/// <param name="Offset">Where it begins, in UTF-16 units.</param>
/// <param name="IsAfterLookahead">Loki's scanner forgets the line of a word for which it had to read on.</param>
/// <param name="Value">Nanoseconds of a duration or range.</param>
/// <param name="Size">Bytes of a size.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Offset, bool IsAfterLookahead = false, long Value = 0, ulong Size = 0)
{
    internal bool Is(string symbol) => Kind is TokenKind.Symbol && Text == symbol;

    internal bool IsFunction(string name) => Kind is TokenKind.Function && Text == name;

    /// <summary>The word's name in Loki's error messages.</summary>
    internal string Name => Kind switch
    {
        TokenKind.End => "$end",
        TokenKind.Flag => "FUNCTION_FLAG",
        TokenKind.Function when Text is "bytes" or "duration" or "duration_seconds" => Text.ToUpperInvariant() + "_CONV",
        TokenKind.Function when Text is not ("ip" or "label_replace") => Text.ToUpperInvariant(),
        TokenKind.Function or TokenKind.Symbol => Text,
        _ => Kind.ToString().ToUpperInvariant(),
    };
}
