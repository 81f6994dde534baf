namespace AgentSystem.Workers.Text;

/// <summary>
/// How hard English prose is to read. Reading ease: R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948).
/// Grade: J. P. Kincaid et al., Research Branch Report 8-75, Naval Technical Training Command (1975).
/// </summary>
/// <param name="FleschReadingEase">Higher is easier: 60 to 70 is plain English, below 30 is for specialists.</param>
/// <param name="FleschKincaidGrade">Years of schooling (US) that it takes.</param>
/// <param name="Level">The reading ease as a word.</param>
public sealed record Readability(double FleschReadingEase, double FleschKincaidGrade, string Level)
{
    /// <summary>The scores of the prose among <paramref name="blocks"/>; null when there is none.</summary>
    public static Readability? Of(IReadOnlyList<TextBlock> blocks)
    {
        var sentences = blocks.Where(b => b.IsProse).SelectMany(b => Sentences.Split(b.Text)).ToList();
        var words = sentences.SelectMany(Words.In).Where(Words.HasLetter).ToList();
        return words.Count == 0 ? null : From(words.Count, sentences.Count, words.Sum(Syllables.Count));
    }

    /// <summary>The formulas.</summary>
    public static Readability From(int words, int sentences, int syllables)
    {
        var (length, weight) = ((double)words / sentences, (double)syllables / words);
        var ease = 206.835 - 1.015 * length - 84.6 * weight;
        var grade = 0.39 * length + 11.8 * weight - 15.59;
        return new(Math.Round(ease, 1), Math.Round(grade, 1), LevelOf(ease));
    }

    private static string LevelOf(double ease) => ease switch
    {
        >= 90 => "very easy",
        >= 80 => "easy",
        >= 70 => "fairly easy",
        >= 60 => "plain English",
        >= 50 => "fairly difficult",
        >= 30 => "difficult",
        _ => "very difficult",
    };
}
