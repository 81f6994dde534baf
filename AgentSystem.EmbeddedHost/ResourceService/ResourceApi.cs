using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ResourceService;

/// <summary>
/// What the host knows of its resources, and what they can be told, over HTTP: what Aspire's dashboard gets from its resource service. It
/// says what <see cref="ResourceNotificationService"/> and <see cref="ResourceLoggerService"/> say, but no secret.
/// </summary>
internal sealed partial class ResourceApi(
    ResourceNotificationService notifications, ResourceLoggerService logs, ResourceCommandService commands, Secrets secrets,
    ILogger<ResourceApi> logger)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Adds the calls to an application. Streams end when <paramref name="stopping"/> is cancelled.</summary>
    public void Map(IEndpointRouteBuilder routes, CancellationToken stopping)
    {
        Get("/resources", ListAsync);
        Get("/resources/events", http => EventStream.WriteAsync(http, "resource", UpdatesAsync, Json, stopping));
        Get("/resources/{id}/logs", http => ForAsync(http, found => DownloadAsync(http, found)));
        Get("/resources/{id}/logs/events", http => ForAsync(http, found => FollowAsync(http, found, stopping)));
        routes.MapPost("/resources/{id}/commands/{command}", http => ForAsync(http, found => ExecuteAsync(http, found)));

        void Get(string path, RequestDelegate answer) => routes.MapGet(path, answer);
    }

    private Task ListAsync(HttpContext http) =>
        Results.Json(new { Resources = notifications.Current.Select(Document) }, Json).ExecuteAsync(http);

    private async IAsyncEnumerable<ResourceDocument> UpdatesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var update in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
            yield return Document(update);
    }

    private async Task FollowAsync(HttpContext http, ResourceEvent found, CancellationToken stopping)
    {
        var tail = int.MaxValue;
        if (http.Request.Query["tail"] is [{ } text] && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out tail))
        {
            var detail = $"tail is '{text}'; it has to be a number of lines.";
            await Problem(http, StatusCodes.Status400BadRequest, "The request cannot be read.", detail).ConfigureAwait(false);
            return;
        }

        await EventStream.WriteAsync(http, "lines", LinesAsync, Json, stopping).ConfigureAwait(false);

        async IAsyncEnumerable<IEnumerable<LogDocument>> LinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            // All that is kept comes at once, and then what is said.
            var kept = tail;
            await foreach (var lines in logs.WatchAsync(found.ResourceId).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                var hidden = secrets.Values;
                yield return lines.Skip(Math.Max(0, lines.Count - kept)).Select(line => LogDocument.Of(line, hidden));
                kept = int.MaxValue;
            }
        }
    }

    private async Task DownloadAsync(HttpContext http, ResourceEvent found)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        var hidden = secrets.Values;
        await foreach (var lines in logs.GetAllAsync(found.ResourceId).ConfigureAwait(false))
        {
            var text = new StringBuilder();
            foreach (var line in lines)
                text.Append(Secrets.Hide(line.Content, hidden)).Append('\n');
            await http.Response.WriteAsync(text.ToString(), http.RequestAborted).ConfigureAwait(false);
        }
    }

    private async Task ExecuteAsync(HttpContext http, ResourceEvent found)
    {
        var name = (string)http.Request.RouteValues["command"]!;
        var known = found.Snapshot.Commands.FirstOrDefault(command => string.Equals(command.Name, name, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            var names = string.Join(", ", found.Snapshot.Commands.Select(command => command.Name));
            var detail = $"'{found.Resource.Name}' has no command '{name}'. It has: {names}.";
            await Problem(http, StatusCodes.Status404NotFound, "There is no such command.", detail).ConfigureAwait(false);
            return;
        }

        if (known.State != ResourceCommandState.Enabled)
        {
            var detail = $"'{found.ResourceId}' is in state {found.Snapshot.State?.Text ?? "unknown"}, in which '{known.Name}' makes no sense.";
            await Problem(http, StatusCodes.Status409Conflict, "The command cannot be given now.", detail).ConfigureAwait(false);
            return;
        }

        var result = await commands.ExecuteCommandAsync(found.ResourceId, known.Name, http.RequestAborted).ConfigureAwait(false);
        var message = Secrets.Hide(result.Message, secrets.Values);
        var outcome = result.Success ? "succeeded" : result.Canceled ? "canceled" : "failed";
        LogCommand(known.Name, found.ResourceId, outcome, message);
        await Results.Json(new { Outcome = outcome, Message = message }, Json).ExecuteAsync(http).ConfigureAwait(false);
    }

    private Task ForAsync(HttpContext http, Func<ResourceEvent, Task> answer)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        return notifications.TryGetCurrentState(id, out var found)
            ? answer(found)
            : Problem(
                http, StatusCodes.Status404NotFound, "There is no such resource.",
                $"There is no resource '{id}', or it has several replicas: name one of them by its id.");
    }

    private ResourceDocument Document(ResourceEvent update) => ResourceDocument.Of(update, secrets.Values);

    private static Task Problem(HttpContext http, int status, string title, string detail) =>
        Results.Problem(detail, statusCode: status, title: title).ExecuteAsync(http);

    [LoggerMessage(Level = LogLevel.Information, Message = "Command {Command} for {Resource}: {Outcome} {CommandMessage}")]
    private partial void LogCommand(string command, string resource, string outcome, string? commandMessage);

    /// <summary>A line of output; its number counts from the oldest line that is kept.</summary>
    private sealed record LogDocument(int Line, DateTime? Time, string Text, bool IsError)
    {
        /// <summary>Takes the time from the beginning of the line, where it stands in UTC before a space.</summary>
        public static LogDocument Of(LogLine line, IReadOnlyList<string> secrets)
        {
            const DateTimeStyles utc = DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal;
            var (content, space) = (line.Content, line.Content.IndexOf(' ', StringComparison.Ordinal));
            return space > 0 && DateTime.TryParse(content.AsSpan(0, space), CultureInfo.InvariantCulture, utc, out var time)
                ? new(line.LineNumber, time, Secrets.Hide(content[(space + 1)..], secrets)!, line.IsErrorMessage)
                : new(line.LineNumber, null, Secrets.Hide(content, secrets)!, line.IsErrorMessage);
        }
    }
}
