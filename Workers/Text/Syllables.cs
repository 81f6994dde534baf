namespace AgentSystem.Workers.Text;

/// <summary>
/// Counts the syllables of English words by rule: groups of vowels, less the silent endings. Right for about nine words in ten, and its
/// faults cancel out over a text, which is all that a readability score needs.
/// </summary>
public static class Syllables
{
    /// <summary>At least 1.</summary>
    public static int Count(string word)
    {
        var letters = string.Concat(word.ToLowerInvariant().Where(char.IsLetter));
        var groups = 0;
        var inGroup = false;
        for (var i = 0; i < letters.Length; i++)
        {
            var vowel = IsVowel(letters[i]) && !(letters[i] == 'u' && i > 0 && letters[i - 1] == 'q');
            // "lion", "create", "radio": two vowels that are spoken apart.
            var apart = inGroup && vowel && letters[(i - 1)..(i + 1)] is "ia" or "io" or "eo" or "ua" or "iu" && !(i > 1 && letters[i - 2] is 't' or 's' or 'c' or 'g' or 'x');
            if (vowel && (!inGroup || apart))
                groups++;
            inGroup = vowel;
        }
        return Math.Max(1, groups - SilentEndings(letters));
    }

    private static int SilentEndings(string letters)
    {
        if (letters.Length < 3)
            return 0;
        // "make", but "table" and "be".
        if (letters[^1] == 'e' && !IsVowel(letters[^2]) && !(letters[^2] == 'l' && !IsVowel(letters[^3])))
            return 1;
        // "worked", but "wanted".
        if (letters.EndsWith("ed", StringComparison.Ordinal) && letters[^3] is not ('t' or 'd') && !IsVowel(letters[^3]))
            return 1;
        // "makes", but "boxes" and "changes".
        if (letters.EndsWith("es", StringComparison.Ordinal) && letters[^3] is not ('s' or 'x' or 'z' or 'c' or 'g' or 'h') && !IsVowel(letters[^3])
            && !(letters.Length > 3 && letters[^3] == 'l' && !IsVowel(letters[^4])))
            return 1;
        return 0;
    }

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';
}
