using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.WebConsole.Backends;

/// <summary>
/// The embedded engine's API of the resources, which docs/hosting.md describes. Aspire's engine has none; there the page links to Aspire's dashboard.
/// </summary>
public sealed class ResourceServiceClient(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
    : BackendClient(Backend.ResourceService, clients, health, time)
{
    /// <summary>The header that its key travels in.</summary>
    public const string KeyHeader = "x-resource-service-api-key";

    /// <summary>Each process and parameter, in no order.</summary>
    public async Task<Answer<IReadOnlyList<Resource>>> ResourcesAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync("resources", ResourceJson.Default.ResourcesAnswer, cancellationToken)).Map(answer => answer.Resources);

    /// <summary>Tells a resource to do something. It takes as long as it takes.</summary>
    public Task<Answer<CommandOutcome>> ExecuteAsync(string id, string command, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Post, $"resources/{Uri.EscapeDataString(id)}/commands/{Uri.EscapeDataString(command)}", null,
            async (content, token) => await JsonSerializer.DeserializeAsync(
                await content.ReadAsStreamAsync(token), ResourceJson.Default.CommandOutcome, token),
            Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>All that is kept of a process's output, as text.</summary>
    public Task<Answer<string>> OutputAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get, $"resources/{Uri.EscapeDataString(id)}/logs", null,
            async (content, token) => (string?)await content.ReadAsStringAsync(token), null, cancellationToken);

    /// <summary>Follows a process's output until it is cancelled or there is a problem: what is kept comes at once, then what is said.</summary>
    /// <param name="id">The resource's.</param>
    /// <param name="tail">How many lines of what is kept.</param>
    /// <param name="take">Takes lines in; first of all none, once the host follows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Answer<bool>> FollowOutputAsync(
        string id, int tail, Action<IReadOnlyList<OutputLine>> take, CancellationToken cancellationToken = default) =>
        FollowAsync(
            $"resources/{Uri.EscapeDataString(id)}/logs/events?tail={tail}",
            async (content, token) =>
            {
                // It is followed, whether or not there is something to say.
                take([]);
                await using var stream = await content.ReadAsStreamAsync(token);
                await foreach (var item in SseParser.Create(stream).EnumerateAsync(token))
                    take(JsonSerializer.Deserialize(item.Data, ResourceJson.Default.IReadOnlyListOutputLine) ?? []);
                return true;
            }, cancellationToken);

    /// <inheritdoc/>
    // An error is a problem details object (RFC 9457).
    protected override string ReadError(string body) => ProblemDetailsText.Of(body);
}

/// <summary>A process of a resource, or a parameter. Times are UTC.</summary>
/// <param name="Id">Tells it from the other processes of its resource.</param>
/// <param name="Name">The resource's name, which its processes share.</param>
/// <param name="Type">Its kind: <c>Project</c>, <c>Executable</c>, <c>Container</c>, <c>Parameter</c>, ….</param>
/// <param name="State">Its state, in Aspire's words; null before the first.</param>
/// <param name="Health"><c>healthy</c>, <c>degraded</c>, <c>unhealthy</c>; null unless it runs.</param>
/// <param name="ExitCode">What it ended with last.</param>
/// <param name="Hidden">Whether it is for people to see only where they ask for it.</param>
/// <param name="CreatedAt">When it became known.</param>
/// <param name="StartedAt">When its process was started.</param>
/// <param name="StoppedAt">When it ended.</param>
/// <param name="HealthReports">What each of its health checks said last.</param>
/// <param name="Urls">Its addresses.</param>
/// <param name="Environment">The variables that it got from the host.</param>
/// <param name="Properties">What else is known.</param>
/// <param name="Relationships">What others are to it.</param>
/// <param name="Commands">What it can be told to do.</param>
public sealed record Resource(
    string Id, string Name, string Type, string? State, string? Health, int? ExitCode, bool Hidden,
    DateTimeOffset? CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? StoppedAt,
    IReadOnlyList<ResourceHealthReport> HealthReports, IReadOnlyList<ResourceUrl> Urls, IReadOnlyList<ResourceFact> Environment,
    IReadOnlyList<ResourceFact> Properties, IReadOnlyList<ResourceRelationship> Relationships, IReadOnlyList<ResourceCommand> Commands);

/// <summary>What a health check said last.</summary>
/// <param name="Name">The check's.</param>
/// <param name="Status">Null before it was asked.</param>
/// <param name="Description">Why.</param>
/// <param name="Exception">What it failed of.</param>
/// <param name="LastRunAt">When it was asked (UTC).</param>
public sealed record ResourceHealthReport(string Name, string? Status, string? Description, string? Exception, DateTimeOffset? LastRunAt);

/// <summary>An address of a resource.</summary>
/// <param name="Endpoint">The endpoint's name.</param>
/// <param name="Address">The address.</param>
/// <param name="DisplayName">How it is called for people.</param>
/// <param name="Internal">Whether it is a detail.</param>
public sealed record ResourceUrl(string? Endpoint, string Address, string? DisplayName, bool Internal);

/// <summary>A variable or property.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Value">Its value; null for a secret, which stays in the host.</param>
/// <param name="Secret">Whether it is one.</param>
/// <param name="Highlighted">Whether it is worth to be seen first.</param>
public sealed record ResourceFact(string Name, string? DisplayName, string? Value, bool Secret, bool Highlighted);

/// <summary>What another resource is to this one.</summary>
/// <param name="Resource">The other's name.</param>
/// <param name="Type">For example <c>Reference</c> or <c>WaitFor</c>.</param>
public sealed record ResourceRelationship(string Resource, string Type);

/// <summary>Something that a resource can be told to do.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Description">What it does.</param>
/// <param name="State"><c>enabled</c>, <c>disabled</c> or <c>hidden</c>.</param>
/// <param name="Confirmation">What people are asked before.</param>
/// <param name="Highlighted">Whether it is worth to be seen first.</param>
public sealed record ResourceCommand(string Name, string DisplayName, string? Description, string State, string? Confirmation, bool Highlighted);

/// <summary>How a command went.</summary>
/// <param name="Outcome"><c>succeeded</c>, <c>failed</c> or <c>canceled</c>.</param>
/// <param name="Message">What it has to say.</param>
public sealed record CommandOutcome(string Outcome, string? Message);

/// <summary>A line of output.</summary>
/// <param name="Line">Its number, from the oldest that was kept when the stream began.</param>
/// <param name="Time">When it was said (UTC).</param>
/// <param name="Text">What, with the terminal's control sequences.</param>
/// <param name="IsError">Whether it came on standard error.</param>
public sealed record OutputLine(int Line, DateTimeOffset? Time, string Text, bool IsError);

/// <summary>The envelope of all resources.</summary>
/// <param name="Resources">They.</param>
internal sealed record ResourcesAnswer(IReadOnlyList<Resource> Resources);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ResourcesAnswer))]
[JsonSerializable(typeof(CommandOutcome))]
[JsonSerializable(typeof(IReadOnlyList<OutputLine>))]
internal sealed partial class ResourceJson : JsonSerializerContext;
