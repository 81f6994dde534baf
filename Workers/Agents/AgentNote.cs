using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentSystem.Workers.Agents;

/// <summary>An agent that could not do a task, so that another one did.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="ErrorType">Why.</param>
/// <param name="Message">For people.</param>
public sealed record AgentSubstitution(string Agent, string ErrorType, string Message);

/// <summary>Who did a task, in its output.</summary>
public static class AgentNote
{
    /// <summary>The property of the output that says it.</summary>
    public const string Property = "_agent";

    /// <summary>The output with a note that <paramref name="agent"/> did it in the others' place.</summary>
    public static JsonElement Add(JsonElement output, string agent, IReadOnlyList<AgentSubstitution> insteadOf)
    {
        if (insteadOf.Count == 0 || output.ValueKind != JsonValueKind.Object)
            return output;
        var noted = JsonObject.Create(output)!;
        if (noted[Property] is not JsonObject note)
            noted[Property] = note = new JsonObject { ["name"] = agent };
        var others = new JsonArray([.. insteadOf.Select(s => new JsonObject { ["agent"] = s.Agent, ["error_type"] = s.ErrorType, ["message"] = s.Message })]);
        foreach (var model in note["instead_of"] as JsonArray ?? [])
            others.Add(model?.DeepClone());
        note["instead_of"] = others;
        return JsonSerializer.SerializeToElement(noted);
    }
}
