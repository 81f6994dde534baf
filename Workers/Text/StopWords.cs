namespace AgentSystem.Workers.Text;

/// <summary>English words that carry grammar and no topic.</summary>
public static class StopWords
{
    private const string List = """
        a about above across after again against all almost alone along already also although always am among an and another any anybody anyone
        anything are aren't around as at away back be became because become becomes been before behind being below between both but by came can
        can't cannot come comes could couldn't did didn't do does doesn't doing don't done down during each either else enough etc even ever every
        everybody everyone everything far few first for from further get gets give given gives go goes going gone got had hadn't has hasn't have
        haven't having he he's hence her here hers herself him himself his how however i i'm i've if in instead into is isn't it it's its itself
        just keep keeps kept know last least less let lets like likely look made make makes making many may maybe me might mine more most mostly
        much must mustn't my myself near need needs neither never new next no nobody none nor not nothing now of off often on once one ones only
        onto or other others otherwise our ours ourselves out over own per perhaps put quite rather really same say says see seem seems several
        shall she should shouldn't since so some somebody someone something sometimes somewhere soon still such sure take takes taken than that
        that's the their theirs them themselves then there there's therefore these they they're thing things this those though through thus to
        together too toward towards two under unless until up upon us use used uses using usually very via want wants was wasn't way ways we we're
        well went were weren't what when where whether which while who whole whom whose why will with within without won't would wouldn't yes yet
        you you're your yours yourself e.g i.e eg ie three four able actually allow allows currently default different easily easy example
        following good great help helps including includes include main note please provide provides provided simply specific start starts sure
        without work works call called run runs running set sets show shows shown tell tells try tries
        """;

    private static readonly HashSet<string> Words = [.. List.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Whether <paramref name="word"/> is one, in any case.</summary>
    public static bool Contains(string word) => Words.Contains(word.ToLowerInvariant().Replace('’', '\''));
}
