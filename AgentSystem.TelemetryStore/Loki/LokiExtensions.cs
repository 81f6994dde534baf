using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Storage;
using AgentSystem.TelemetryStore.Telemetry;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>
/// Loki's HTTP API (<see href="https://grafana.com/docs/loki/latest/reference/loki-http-api/"/>), as Loki 3.7 answers, over an <see cref="ILogStore"/>.
/// </summary>
public static class LokiExtensions
{
    internal const string Tail = "loki_tail";

    private const string TimedOut =
        "request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex match) to reduce the amount of data processed";

    /// <summary>Adds what <see cref="MapLokiApi"/> needs, but for the <see cref="ILogStore"/> and prometheus-net's factory.</summary>
    public static TBuilder AddLokiApi<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<LokiOptions>().Bind(builder.Configuration.GetSection(LokiOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(static services =>
        {
            var options = services.GetRequiredService<IOptions<LokiOptions>>().Value;
            return new QueryEngine(services.GetRequiredService<ILogStore>(), new(options.MaxQuerySeries, options.MaxEntriesLimit, options.QueryTimeout));
        });
        builder.Services.TryAddSingleton<StoreInstruments>();
        builder.Services.AddSingleton<EntryRules>();
        builder.Services.AddSingleton<LogIntake>();
        builder.Services.AddSingleton<PushReceiver>();
        builder.Services.AddSingleton<OtlpReceiver>();
        builder.Services.AddSingleton<TailSessions>();
        return builder;
    }

    /// <summary>Maps the API under <c>/loki/api/v1</c>, <c>/otlp/v1/logs</c> and <c>/ready</c>. Like every endpoint they need the API key, <c>/ready</c> excepted.</summary>
    public static WebApplication MapLokiApi(this WebApplication endpoints)
    {
        endpoints.UseWebSockets();
        var api = endpoints.MapGroup("/loki/api/v1").AddEndpointFilter(AnswerErrorsAsync).ExcludeFromDescription();
        QueryEndpoints.Map(api);
        MetadataEndpoints.Map(api);
        VolumeEndpoints.Map(api);
        DetectedFields.Map(api);
        StatusEndpoints.Map(api);
        api.MapPost("/push", (HttpContext context, PushReceiver push) => push.ReceiveAsync(context));
        api.MapGet("/tail", (HttpContext context, TailSessions tails) => tails.FollowAsync(context));
        endpoints.MapPost("/otlp/v1/logs", (HttpContext context, OtlpReceiver otlp) => otlp.ReceiveAsync(context)).ExcludeFromDescription();
        endpoints.MapGet("/ready", () => Results.Text("ready\n")).AllowAnonymous().ExcludeFromDescription();
        return endpoints;
    }

    /// <summary>The methods that Loki takes for what clients ask.</summary>
    internal static readonly string[] Asking = [HttpMethods.Get, HttpMethods.Post];

    private static async ValueTask<object?> AnswerErrorsAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var (aborted, headers) = (invocation.HttpContext.RequestAborted, invocation.HttpContext.Response.Headers);
        // One who follows stays; that the past is read is measured there.
        var query = NameOf(invocation.HttpContext);
        using var timer = StoreInstruments.IsQuery(query) && query != Tail ? invocation.HttpContext.RequestServices.GetRequiredService<StoreInstruments>().Query(query) : null;
        try
        {
            return await next(invocation);
        }
        catch (LogQlException e)
        {
            return Error(headers, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (LokiException e)
        {
            return Error(headers, e.StatusCode, e.Message);
        }
        catch (StoreBusyException e)
        {
            return Error(headers, StatusCodes.Status429TooManyRequests, e.Message);
        }
        catch (StoreException e)
        {
            return Error(headers, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            return Error(headers, e.StatusCode, e.Message);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return Error(headers, StatusCodes.Status504GatewayTimeout, TimedOut);
        }
    }

    // /label/{name}/values is loki_label_values, and /label another name of /labels.
    private static string NameOf(HttpContext context)
    {
        var literals = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.PathSegments.Skip(3).Select(segment => segment.Parts[0]).OfType<RoutePatternLiteralPart>();
        var name = string.Join('_', literals?.Select(part => part.Content) ?? []);
        return name == "label" ? "loki_labels" : $"loki_{name}";
    }

    private static IResult Error(IHeaderDictionary headers, int statusCode, string message)
    {
        // The text repeats what came with the request.
        headers.XContentTypeOptions = "nosniff";
        return Results.Text(message, "text/plain", System.Text.Encoding.UTF8, statusCode);
    }
}
