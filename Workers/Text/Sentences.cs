namespace AgentSystem.Workers.Text;

/// <summary>Finds where sentences end: at a full stop, question or exclamation mark that no abbreviation or number explains.</summary>
public static class Sentences
{
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "e.g", "i.e", "etc", "vs", "cf", "approx", "ca", "no", "fig", "figs", "eq", "sec", "ch", "vol", "pp", "ed", "al", "resp", "incl",
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "inc", "ltd", "corp", "co", "dept", "est", "min", "max", "u.s", "u.k", "a.m", "p.m",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    };

    // Abbreviations that also end sentences: the next word's capital letter decides.
    private static readonly HashSet<string> MayEnd = new(StringComparer.OrdinalIgnoreCase)
    {
        "etc", "no", "max", "min", "inc", "ltd", "corp", "co", "al", "a.m", "p.m", "u.s", "u.k", "ed", "st",
    };

    /// <summary>The sentences of a text without markup, trimmed, in their order.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var sentences = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsTerminator(text[i]))
                continue;
            var end = i + 1;
            while (end < text.Length && (IsTerminator(text[end]) || IsCloser(text[end])))
                end++;
            if (EndsSentence(text, start, i, end))
            {
                Add(text[start..end]);
                start = end;
            }
            i = end - 1;
        }
        Add(text[start..]);
        return sentences;

        void Add(string sentence)
        {
            if (sentence.Any(char.IsLetterOrDigit))
                sentences.Add(sentence.Trim());
        }
    }

    private static bool EndsSentence(string text, int start, int mark, int end)
    {
        if (text[mark] is '。' or '！' or '？' || end == text.Length)
            return true;
        if (!char.IsWhiteSpace(text[end]))
            return false;
        var next = end;
        while (next < text.Length && (char.IsWhiteSpace(text[next]) || IsOpener(text[next])))
            next++;
        if (next == text.Length)
            return true;
        if (text[mark] != '.')
            return !char.IsLower(text[next]);
        if (char.IsLower(text[next]))
            return false;
        var word = WordBefore(text, start, mark);
        // An initial (J. Smith), or an abbreviation.
        if (word.Length == 1 && char.IsUpper(word[0]) && word != "I")
            return false;
        return !Abbreviations.Contains(word) || (MayEnd.Contains(word) && char.IsUpper(text[next]));
    }

    private static string WordBefore(string text, int start, int mark)
    {
        var begin = mark;
        while (begin > start && (char.IsLetter(text[begin - 1]) || text[begin - 1] == '.'))
            begin--;
        return text[begin..mark].Trim('.');
    }

    private static bool IsTerminator(char c) => c is '.' or '!' or '?' or '…' or '。' or '！' or '？';

    private static bool IsCloser(char c) => c is '"' or '\'' or ')' or ']' or '”' or '’' or '»';

    private static bool IsOpener(char c) => c is '"' or '\'' or '(' or '[' or '“' or '‘' or '«';
}
