namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <content>What is done with each line.</content>
public sealed partial class Parser
{
    /// <summary>The stages up to the end of the pipeline, or up to <c>| unwrap</c> where that is allowed.</summary>
    private (Sequence<Stage> Stages, Unwrap? Unwrap) Pipeline(bool mayUnwrap)
    {
        var stages = new List<Stage>();
        while (true)
        {
            if (LineMatchOperator() is { } match)
                stages.Add(LineFilter(match));
            else if (!Take("|"))
                return (new(stages), null);
            else if (mayUnwrap && Take("unwrap"))
                return (new(stages), UnwrapLabel());
            else
                stages.Add(PipelineStage());
        }
    }

    private LineMatch? LineMatchOperator() => _token.Kind is not TokenKind.Symbol ? null : _token.Text switch
    {
        "|=" => LineMatch.Contains,
        "!=" => LineMatch.ContainsNot,
        "|~" => LineMatch.Regex,
        "!~" => LineMatch.NotRegex,
        "|>" => LineMatch.Pattern,
        "!>" => LineMatch.NotPattern,
        _ => null,
    };

    private LineFilterStage LineFilter(LineMatch match)
    {
        if (match is LineMatch.Pattern or LineMatch.NotPattern)
            throw NotSupported($"the line filter {_token.Text}");
        Advance();
        var texts = new List<string>();
        do
        {
            if (_token.IsFunction("ip") || _token.Is("ip"))
                throw NotSupported("ip()");
            texts.Add(Expect(TokenKind.String, "STRING", "ip").Text);
        }
        while (Take("or"));
        return new(match, new(texts));
    }

    private Stage PipelineStage()
    {
        if (_token.Kind is TokenKind.Identifier || _token.Is("("))
            return new LabelFilterStage(LabelFilter(0));
        var word = _token.Kind is TokenKind.Symbol ? _token.Text : throw Unexpected();
        if (word is "regexp" or "pattern" or "unpack")
            throw NotSupported($"the parser {word}");
        if (word is not ("json" or "logfmt" or "line_format" or "label_format" or "drop" or "keep" or "decolorize"))
            throw Unexpected();
        Advance();
        return word switch
        {
            "json" => _token.Kind is TokenKind.Identifier ? new JsonExtractionStage(Extractions()) : new ParserStage("json"),
            "logfmt" => Logfmt(),
            "line_format" => new LineFormatStage(Text()),
            "label_format" => LabelFormats(),
            "decolorize" => new DecolorizeStage(),
            _ => LabelChoices(word == "keep"),
        };
    }

    private LogfmtStage Logfmt()
    {
        bool strict = false, keepEmpty = false;
        while (_token.Kind is TokenKind.Flag)
        {
            strict |= _token.Text == "--strict";
            keepEmpty |= _token.Text == "--keep-empty";
            Advance();
        }
        return new(strict, keepEmpty, _token.Kind is TokenKind.Identifier ? Extractions() : []);
    }

    private Sequence<Extraction> Extractions()
    {
        var extractions = new List<Extraction>();
        do
        {
            var label = Identifier();
            extractions.Add(new(label, Take("=") ? Text() : label));
        }
        while (Take(","));
        return new(extractions);
    }

    private LabelFormatStage LabelFormats()
    {
        var formats = new List<LabelFormat>();
        do
        {
            var label = Identifier();
            Expect("=", "=");
            formats.Add(_token.Kind switch
            {
                TokenKind.Identifier => new(label, Advance().Text, IsRename: true),
                TokenKind.String => new(label, Advance().Text, IsRename: false),
                _ => throw Unexpected("IDENTIFIER", "STRING"),
            });
        }
        while (Take(","));
        return new(new(formats));
    }

    private LabelChoiceStage LabelChoices(bool keep)
    {
        var choices = new List<LabelChoice>();
        do
        {
            var name = Identifier();
            if (MatchOperator() is { } match)
            {
                Advance();
                choices.Add(new(name, Matcher(name, match, Text())));
            }
            else
            {
                choices.Add(new(name));
            }
        }
        while (Take(","));
        return new(keep, new(choices));
    }

    private Unwrap UnwrapLabel()
    {
        string? conversion = null;
        string label;
        if (_token.Kind is TokenKind.Function && _token.Text is "bytes" or "duration" or "duration_seconds")
        {
            conversion = Advance().Text;
            Expect("(", "(");
            label = Identifier();
            Expect(")", ")");
        }
        else
        {
            label = Identifier("IDENTIFIER", "BYTES_CONV", "DURATION_CONV", "DURATION_SECONDS_CONV");
        }
        var filters = new List<LabelFilter>();
        while (Take("|"))
            filters.Add(LabelFilter(0));
        return new(label, conversion, new(filters));
    }

    /// <summary>
    /// Conditions with <c>or</c> (1) and <c>and</c> (2). A comma, or nothing at all, between two means <c>and</c> too, but has no place in
    /// that order: Loki takes all that follows as its right side.
    /// </summary>
    private LabelFilter LabelFilter(int precedence)
    {
        var left = Nested(LabelFilterOperand);
        while (true)
        {
            var own = _token.Is("or") ? 1 : _token.Is("and") ? 2 : 0;
            if (own > 0)
            {
                if (own <= precedence)
                    return left;
                Advance();
                Link();
                left = new BinaryLabelFilter(left, LabelFilter(own), IsAnd: own == 2);
            }
            else if (Take(",") || _token.Kind is TokenKind.Identifier || _token.Is("("))
            {
                Link();
                left = new BinaryLabelFilter(left, Nested(() => LabelFilter(0)), IsAnd: true);
            }
            else
            {
                return left;
            }
        }
    }

    private LabelFilter LabelFilterOperand()
    {
        if (Take("("))
        {
            var inner = LabelFilter(0);
            Expect(")");
            return inner;
        }
        var name = Identifier([]);
        var match = MatchOperator();
        var comparison = _token.Kind is not TokenKind.Symbol ? null : _token.Text switch
        {
            "=" or "==" => Comparison.Equal,
            "!=" => Comparison.NotEqual,
            ">" => Comparison.Greater,
            ">=" => Comparison.GreaterOrEqual,
            "<" => Comparison.Less,
            "<=" => Comparison.LessOrEqual,
            _ => (Comparison?)null,
        };
        if (match is null && comparison is null)
            throw Unexpected();
        Advance();
        if (match is { } textual && _token.Kind is TokenKind.String)
            return new TextLabelFilter(Matcher(name, textual, Advance().Text));
        if (comparison is not { } compare)
            throw Unexpected("STRING");
        if (_token.IsFunction("ip") && match is not null)
            throw NotSupported("ip()");
        return _token.Kind switch
        {
            TokenKind.Duration => new DurationLabelFilter(name, compare, Advance().Value),
            TokenKind.Bytes => new BytesLabelFilter(name, compare, Advance().Size),
            _ => new NumberLabelFilter(name, compare, SignedNumber()),
        };
    }
}
