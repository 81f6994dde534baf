using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Alerting.Api;

/// <summary>The HTTP API of incidents. Errors are problem details that say what to do.</summary>
public static class ApiExtensions
{
    private const int MaxBody = 64 * 1024, MaxName = 100, MaxText = 4000, MaxList = 500;

    /// <summary>Maps <c>/alerts</c>, <c>/incidents</c> and <c>/changes</c>. Like every endpoint they need the API key.</summary>
    public static void MapIncidents(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").AddEndpointFilter(AnswerProblemsAsync);
        api.MapGet("/alerts", AlertsAsync);
        api.MapGet("/incidents", ListAsync);
        api.MapGet("/incidents/{id}", ShowAsync);
        api.MapPost("/incidents/{id}/acknowledge", (string id, HttpContext http, IncidentDesk desk) =>
            ActAsync(http, action => desk.AcknowledgeAsync(id, By(action))));
        api.MapPost("/incidents/{id}/assign", (string id, HttpContext http, IncidentDesk desk) =>
            ActAsync(http, action => desk.AssignAsync(id, Assignee(action), By(action))));
        api.MapPost("/incidents/{id}/resolve", (string id, HttpContext http, IncidentDesk desk) =>
            ActAsync(http, action => desk.ResolveAsync(id, By(action))));
        api.MapPost("/incidents/{id}/merge", (string id, HttpContext http, IncidentDesk desk) =>
            ActAsync(http, action => desk.MergeAsync(id, Into(action), By(action))));
        api.MapPost("/incidents/{id}/notes", (string id, HttpContext http, IncidentDesk desk) =>
            ActAsync(http, action => desk.NoteAsync(id, Text(action.Text, "text"), By(action))));
        api.MapPost("/changes", ReportAsync);
    }

    private static async Task<IResult> AlertsAsync(IncidentStore store, CancellationToken cancellationToken)
    {
        var active = await store.ReadAsync(session => session.Active(), cancellationToken);
        var alerts = active.SelectMany(incident => incident.Alerts.Select(alert => alert with { IncidentId = incident.Id }));
        return Results.Json(new AlertList([.. alerts.OrderByDescending(alert => alert.StartsAt)]), ApiJson.Default.AlertList);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IncidentStore store, CancellationToken cancellationToken)
    {
        string[] known = ["state", "severity", "limit"];
        if (http.Request.Query.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
            throw Bad(unknown, $"is no parameter; there are {string.Join(", ", known)}");
        var query = http.Request.Query;
        var states = query["state"].ToString() is { Length: > 0 } names
            ? names.Split(',').Select(name => One<IncidentState>(name, "state")).Distinct().ToArray()
            : [IncidentState.Open, IncidentState.Acknowledged, IncidentState.Resolved];
        var least = query["severity"].ToString() is { Length: > 0 } severity ? One<AlertSeverity>(severity, "severity") : AlertSeverity.Info;
        var limit = !query.ContainsKey("limit") ? 100
            : int.TryParse(query["limit"], out var number) && number is >= 1 and <= MaxList ? number
            : throw Bad("limit", $"must be a number from 1 to {MaxList}");
        var incidents = await store.ReadAsync(session => session.List(states, least, limit), cancellationToken);
        return Results.Json(new IncidentList(incidents), ApiJson.Default.IncidentList);
    }

    private static async Task<IResult> ShowAsync(string id, IncidentStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } incident
            ? Results.Json(incident, ApiJson.Default.Incident)
            : throw new IncidentActionException(StatusCodes.Status404NotFound, $"There is no incident {id}.", "GET /incidents lists those that there are.");

    private static async Task<IResult> ActAsync(HttpContext http, Func<IncidentAction, Task<Incident>> act) =>
        Results.Json(await act(await ReadAsync(http, ApiJson.Default.IncidentAction) ?? new()), ApiJson.Default.Incident);

    private static async Task<IResult> ReportAsync(HttpContext http, IncidentDesk desk, CancellationToken cancellationToken)
    {
        var change = await ReadAsync(http, ApiJson.Default.ChangeReport) ?? throw Bad("summary", "is missing");
        if (change.Link is { } link && !(Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            throw Bad("link", "must be an address such as https://…");
        var reported = await desk.ReportAsync(
            change with { Summary = Text(change.Summary, "summary"), Source = change.Source is { } source ? Short(source, "source", MaxName) : null }, cancellationToken);
        return Results.Json(reported, ApiJson.Default.ChangeReport, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>The body, or null where there is none.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
    {
        var buffer = new byte[MaxBody + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (length > MaxBody)
            throw new IncidentActionException(StatusCodes.Status413PayloadTooLarge, "The request is too large.", $"At most {MaxBody:N0} bytes are read.");
        if (length == 0)
            return default;
        var body = buffer.AsSpan(0, length);
        if (!JsonText.IsWhole(body))
            throw new IncidentActionException(StatusCodes.Status400BadRequest, "The request cannot be read.", JsonText.Problem);
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException e)
        {
            throw new IncidentActionException(StatusCodes.Status400BadRequest, "The request cannot be read.", e.Message);
        }
    }

    private static string By(IncidentAction action) => string.IsNullOrWhiteSpace(action.By) ? "operator" : Short(action.By.Trim(), "by", MaxName);

    private static string Assignee(IncidentAction action) =>
        Short(action.Assignee ?? throw Bad("assignee", "is missing; an empty text stands for nobody"), "assignee", MaxName);

    private static string Into(IncidentAction action) =>
        action.Into ?? throw Bad("into", "is missing: name the incident that it becomes part of");

    private static string Text(string? text, string field) =>
        string.IsNullOrWhiteSpace(text) ? throw Bad(field, "is missing") : Short(text.Trim(), field, MaxText);

    private static string Short(string text, string field, int length) =>
        text.Length <= length ? text : throw Bad(field, $"has {text.Length} characters; there may be {length}");

    private static T One<T>(string name, string field) where T : struct, Enum =>
        Enum.TryParse<T>(name, ignoreCase: true, out var value) && name.All(char.IsAsciiLetter)
            ? value
            : throw Bad(field, $"must be one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");

    private static IncidentActionException Bad(string field, string rule) =>
        new(StatusCodes.Status400BadRequest, "Nothing was done, because something is wrong with the request.", $"{field} {rule}.");

    private static async ValueTask<object?> AnswerProblemsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (IncidentActionException e)
        {
            return Results.Problem(title: e.Message, detail: e.Detail, statusCode: e.Status);
        }
        catch (IncidentStoreException e)
        {
            return Results.Problem(title: "The incidents are not available.", detail: e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
