using System.Text.Json.Serialization;
using AgentSystem.Workers.Text;

namespace AgentSystem.Workers.Agents.Offline;

/// <summary>The output of the <see cref="OfflineAgent"/>; a part that was not asked for is left out.</summary>
public sealed record DocumentReport(DocumentSource Source, DocumentAnalysis? Analysis, DocumentSummary? Summary);

/// <summary>What was read.</summary>
/// <param name="Path">The file; null when the payload held the text.</param>
/// <param name="Title">Its first heading, if it has one.</param>
/// <param name="Bytes">Its size.</param>
public sealed record DocumentSource(string? Path, string? Title, int Bytes);

/// <summary>What was found out about it.</summary>
public sealed record DocumentAnalysis(
    TextStatistics Statistics, Readability? Readability, IReadOnlyList<KeyPhrase> KeyPhrases, IReadOnlyList<OutlineEntry> Outline);

/// <summary>What it says, in its own sentences.</summary>
/// <param name="Text">The sentences in one piece.</param>
/// <param name="Sentences">The sentences one by one, in the document's order.</param>
public sealed record DocumentSummary(string Text, IReadOnlyList<SummarySentence> Sentences);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DocumentReport))]
internal sealed partial class OfflineJson : JsonSerializerContext;
