using System.Globalization;
using System.Text;

namespace AgentSystem.Workers.Text;

/// <summary>Finds words: runs of letters, marks and digits, with apostrophes, hyphens, dots and underscores inside them.</summary>
public static class Words
{
    /// <summary>The words of <paramref name="text"/> in their order, as they are written.</summary>
    public static IEnumerable<string> In(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (!IsPart(text, i))
            {
                i++;
                continue;
            }
            var start = i;
            while (i < text.Length && (IsPart(text, i) || (IsJoint(text[i]) && i + 1 < text.Length && IsPart(text, i + 1))))
                i++;
            yield return text[start..i];
        }
    }

    /// <summary>
    /// The form under which words count as the same: lower case, plural s taken off. Deliberately less than a stemmer does, so that
    /// different words stay different.
    /// </summary>
    public static string Fold(string word)
    {
        var folded = word.ToLowerInvariant().Replace('’', '\'');
        if (folded.EndsWith("'s", StringComparison.Ordinal))
            folded = folded[..^2];
        return folded switch
        {
            { Length: > 4 } when folded.EndsWith("ies", StringComparison.Ordinal) => folded[..^3] + "y",
            { Length: > 4 } when folded.EndsWith("sses", StringComparison.Ordinal) || folded.EndsWith("shes", StringComparison.Ordinal)
                || folded.EndsWith("ches", StringComparison.Ordinal) || folded.EndsWith("xes", StringComparison.Ordinal) => folded[..^2],
            { Length: > 3 } when folded[^1] == 's' && folded[^2] is not ('s' or 'u' or 'i') => folded[..^1],
            _ => folded,
        };
    }

    /// <summary>Whether it has a letter: a number alone is no word to count syllables in or to call a key phrase.</summary>
    public static bool HasLetter(string word) => word.EnumerateRunes().Any(Rune.IsLetter);

    private static bool IsPart(string text, int i) =>
        char.IsLetterOrDigit(text, i)
        || char.GetUnicodeCategory(text, i) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        // The second half of a letter beyond the basic plane.
        || (char.IsLowSurrogate(text[i]) && i > 0 && char.IsLetterOrDigit(text, i - 1));

    private static bool IsJoint(char c) => c is '\'' or '’' or '-' or '.' or '_';
}
