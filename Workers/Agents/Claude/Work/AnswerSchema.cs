using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;

namespace AgentSystem.Workers.Agents.Claude.Work;

/// <summary>The JSON schema that an answer has to satisfy.</summary>
public sealed partial class AnswerSchema
{
    private const int MostProblems = 10;

    private static readonly EvaluationOptions Evaluation = new() { OutputFormat = OutputFormat.List };
    private readonly JsonSchema _schema;

    private AnswerSchema(JsonSchema schema, string text) => (_schema, Text) = (schema, text);

    /// <summary>The schema as JSON.</summary>
    public string Text { get; }

    /// <summary>The schema in a file beside the program, or in the text itself; null for none.</summary>
    /// <exception cref="InvalidOperationException">It is not there, or is no schema.</exception>
    public static AnswerSchema? Load(string? fileOrText)
    {
        if (string.IsNullOrWhiteSpace(fileOrText))
            return null;
        try
        {
            var text = fileOrText.TrimStart().StartsWith('{') ? fileOrText : File.ReadAllText(Path.Combine(AppContext.BaseDirectory, fileOrText));
            return Build(JsonElement.Parse(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or JsonSchemaException or ArgumentException)
        {
            throw new InvalidOperationException($"The schema '{fileOrText}' under Claude:TaskTypes cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The schema that a payload holds.</summary>
    /// <exception cref="AgentException">It is no schema.</exception>
    public static AnswerSchema Parse(JsonElement schema)
    {
        try
        {
            return Build(schema.Clone());
        }
        catch (Exception e) when (e is JsonException or JsonSchemaException or ArgumentException or InvalidOperationException)
        {
            throw new AgentException("invalid_payload", $"\"schema\" is no JSON schema: {e.Message}");
        }
    }

    /// <summary>Reads an answer. Either it satisfies the schema, or there are problems for the model to mend.</summary>
    public (JsonElement? Value, string? Problems) Check(string answer)
    {
        JsonElement value;
        try
        {
            value = JsonElement.Parse(Unfence(answer));
        }
        catch (JsonException e)
        {
            return (null, $"It is not JSON: {e.Message}");
        }
        var results = _schema.Evaluate(value, Evaluation);
        if (results.IsValid)
            return (value, null);
        var problems = (results.Details ?? []).Append(results)
            .Where(d => d.Errors is { Count: > 0 })
            .SelectMany(d => d.Errors!.Values.Select(error => $"{(d.InstanceLocation.ToString() is { Length: > 0 } place ? place : "the whole")}: {error}"))
            .Distinct().Take(MostProblems);
        return (null, string.Join("\n", problems) is { Length: > 0 } text ? text : "It does not satisfy the schema.");
    }

    // A schema's $id would register it for the whole process; each of ours stands alone.
    private static AnswerSchema Build(JsonElement schema) =>
        new(JsonSchema.Build(schema, new BuildOptions { SchemaRegistry = new() }, null), JsonSerializer.Serialize(schema));

    private static string Unfence(string answer) => Fence().Match(answer.Trim()) is { Success: true } fenced ? fenced.Groups["json"].Value : answer;

    [GeneratedRegex("^```(json)?\\s*\\n(?<json>.*)\\n\\s*```$", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Fence();
}
