using AgentSystem.Workers.Text;
using CsCheck;

namespace AgentSystem.Tests.Workers;

public sealed class TextTests
{
    private const string Readme = """
        ---
        title: not prose
        ---
        # Task runner [![build](https://x/y.svg)](https://x)

        The **task runner** moves a [task file](docs/file.md) from one folder to another. Whoever wins the rename has the task, e.g. a worker
        on another machine. A lost task file is written again from the journal!

        ```sh
        # not a heading
        run --all
        ```

        Usage
        -----

        - [x] Claim a task file by renaming it.
        * `release` puts it back,
          so that another worker can take it.

        1) First

        | column | value |
        |--------|-------|
        | `a`    | *b*   |

            indented code

        <!-- a comment
        over lines --> ## Options ##

        [ref]: https://example.com
        """;

    [Fact]
    public void Markdown_is_split_into_its_blocks_without_markup()
    {
        var blocks = MarkdownReader.Read(Readme);
        Assert.Equal(
            [
                (BlockKind.Heading, "Task runner", 4),
                (BlockKind.Paragraph, "The task runner moves a task file from one folder to another. Whoever wins the rename has the task, e.g. a worker on another machine. A lost task file is written again from the journal!", 6),
                (BlockKind.Code, "# not a heading\nrun --all", 10),
                (BlockKind.Heading, "Usage", 14),
                (BlockKind.ListItem, "Claim a task file by renaming it.", 17),
                (BlockKind.ListItem, "release puts it back, so that another worker can take it.", 18),
                (BlockKind.ListItem, "First", 21),
                (BlockKind.TableRow, "column; value", 23),
                (BlockKind.TableRow, "a; b", 25),
                (BlockKind.Heading, "Options", 30),
            ],
            blocks.Where(b => b.Text != "indented code").Select(b => (b.Kind, b.Text, b.Line)));
        Assert.Equal([1, 2, 2], OutlineEntry.Of(blocks).Select(o => o.Level));
    }

    [Fact]
    public void Code_that_is_indented_is_code_and_a_list_goes_on_under_its_item()
    {
        var blocks = MarkdownReader.Read("Text.\n\n    code();\n\n- item\n\n    more of the item\n");
        Assert.Equal([BlockKind.Paragraph, BlockKind.Code, BlockKind.ListItem, BlockKind.ListItem], blocks.Select(b => b.Kind));
    }

    [Theory]
    [InlineData("a snake_case_name stays", "a snake_case_name stays")]
    [InlineData("2 * 3 * 4", "2 * 3 * 4")]
    [InlineData("*one* __two__ ~~three~~ ***four***", "one two three four")]
    [InlineData("![logo](a.png) after", "after")]
    [InlineData("[text][ref] and [1] and note[^1]", "text and [1] and note")]
    [InlineData("``a ` b`` &amp; x < y <br> z", "a ` b & x < y z")]
    [InlineData("\\*not emphasis\\*", "*not emphasis*")]
    [InlineData("[open", "[open")]
    public void Inline_markup_leaves_what_a_reader_would_see(string markdown, string plain) => Assert.Equal(plain, InlineMarkup.Strip(markdown));

    [Theory]
    [InlineData("One. Two! Three?", 3)]
    [InlineData("It costs 3.5 dollars. See e.g. Fig. 2 by J. Smith et al. for that.", 2)]
    [InlineData("He left at 5 p.m. She stayed.", 2)]
    [InlineData("Use v1.2.3 or file.txt now", 1)]
    [InlineData("\"Really?\" he asked. (Yes.) Then...", 3)]
    [InlineData("一句。两句！", 2)]
    [InlineData("...", 0)]
    public void Sentences_end_where_a_reader_says_so(string text, int count) => Assert.Equal(count, Sentences.Split(text).Count);

    [Theory]
    [InlineData("cat", 1)]
    [InlineData("make", 1)]
    [InlineData("makes", 1)]
    [InlineData("table", 2)]
    [InlineData("worked", 1)]
    [InlineData("wanted", 2)]
    [InlineData("boxes", 2)]
    [InlineData("nation", 2)]
    [InlineData("readability", 5)]
    [InlineData("radio", 3)]
    [InlineData("queue", 1)]
    [InlineData("the", 1)]
    public void Syllables_are_counted_as_they_are_spoken(string word, int count) => Assert.Equal(count, Syllables.Count(word));

    [Fact]
    public void Readability_follows_the_published_formulas()
    {
        // 100 words, 5 sentences, 150 syllables: 206.835 - 20.3 - 126.9 and 7.8 + 17.7 - 15.59.
        var score = Readability.From(100, 5, 150);
        Assert.Equal((59.6, 9.9, "fairly difficult"), (score.FleschReadingEase, score.FleschKincaidGrade, score.Level));
        Assert.Null(Readability.Of(MarkdownReader.Read("```\ncode\n```")));
    }

    [Fact]
    public void Statistics_count_what_is_there()
    {
        var text = "# A title\n\nTwo words. And three more.\n\n- item one\n";
        var statistics = TextStatistics.Of(text, MarkdownReader.Read(text));
        Assert.Equal((5, 9, 3, 1, 1, 1), (statistics.Lines, statistics.Words, statistics.Sentences, statistics.Paragraphs, statistics.Headings, statistics.ListItems));
        Assert.Equal(9 / 238.0 * 60, statistics.ReadingTimeSeconds, 1);
    }

    [Fact]
    public void Key_phrases_are_what_the_text_is_about()
    {
        var phrases = KeyPhrases.Of(MarkdownReader.Read(Readme), 3).Select(p => p.Phrase.ToLowerInvariant()).ToList();
        Assert.Contains("task file", phrases);
        Assert.DoesNotContain(phrases, p => p.Split(' ').Any(StopWords.Contains));
    }

    [Fact]
    public void A_summary_chooses_whole_sentences_in_the_order_of_the_text_and_says_nothing_twice()
    {
        const string Text = """
            The orchestrator accepts a task and writes it to the journal. The weather was nice on that day in spring. The orchestrator places
            the task as a file in the folder of a worker. The worker claims the task by renaming the file. The worker claims the task by
            renaming the file. The result of the task is a file that the worker publishes for the orchestrator.
            """;
        var summary = Summarizer.Summarize(MarkdownReader.Read(Text), 3);
        Assert.Equal(3, summary.Count);
        Assert.Equal(summary.Count, summary.DistinctBy(s => s.Text).Count());
        Assert.DoesNotContain(summary, s => s.Text.Contains("weather", StringComparison.Ordinal));
        var places = summary.Select(s => Text.ReplaceLineEndings(" ").IndexOf(s.Text[..20], StringComparison.Ordinal)).ToList();
        Assert.Equal(places.Order(), places);
    }

    [Theory]
    [InlineData("tasks", "task")]
    [InlineData("policies", "policy")]
    [InlineData("classes", "class")]
    [InlineData("status", "status")]
    [InlineData("analysis", "analysis")]
    [InlineData("worker's", "worker")]
    public void Words_fold_to_what_they_have_in_common(string word, string folded) => Assert.Equal(folded, Words.Fold(word));

    [Fact]
    public void No_string_makes_anything_throw_and_the_same_one_gives_the_same() =>
        Gen.OneOf(Gen.String, Gen.String["#*_`~[]()!<>|-=\\&; \n\tab.é\ud83d\ude00\ud800"].Select(s => s), Gen.String["ab .\n#-"]).Sample(text =>
        {
            var blocks = MarkdownReader.Read(text);
            var statistics = TextStatistics.Of(text, blocks);
            Assert.Equal(statistics, TextStatistics.Of(text, MarkdownReader.Read(text)));
            Assert.Equal(KeyPhrases.Of(blocks, 5), KeyPhrases.Of(blocks, 5));
            Assert.Equal(Summarizer.Summarize(blocks, 3), Summarizer.Summarize(blocks, 3));
            if (Readability.Of(blocks) is { } readability)
                Assert.True(double.IsFinite(readability.FleschReadingEase));
            OutlineEntry.Of(blocks);
        }, iter: 2000);

    [Theory]
    [InlineData("[")]
    [InlineData("<!--")]
    [InlineData("`")]
    [InlineData("a. ")]
    [InlineData("> ")]
    [InlineData("![](")]
    public void Hostile_repetition_takes_no_more_than_linear_time(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 200_000 / part.Length));
        var blocks = MarkdownReader.Read(text);
        TextStatistics.Of(text, blocks);
        KeyPhrases.Of(blocks, 5);
        Summarizer.Summarize(blocks, 3);
    }
}
