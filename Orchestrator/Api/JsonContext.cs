using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.Orchestrator.Api;

/// <summary>JSON that only this API speaks.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(IReadOnlyList<ScrapeTarget>))]
internal sealed partial class JsonContext : JsonSerializerContext;

/// <summary>One entry of Prometheus's HTTP service discovery.</summary>
/// <param name="Targets">Addresses as <c>host:port</c>.</param>
/// <param name="Labels">Labels for the target's series.</param>
public sealed record ScrapeTarget(IReadOnlyList<string> Targets, IReadOnlyDictionary<string, string> Labels);
