using System.Text.Json;
using AgentSystem.Orchestrator.Chaos;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace AgentSystem.Orchestrator.Api;

/// <summary>The HTTP API and the page to try it.</summary>
public static class ApiExtensions
{
    internal static void AddApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SubmissionReader>();
        builder.Services.AddSingleton<TaskFamily>();
        builder.Services.AddSingleton<TaskAcceptance>();
        builder.Services.AddSingleton<TaskViews>();
        builder.Services.AddSingleton<LongPoll>();
        builder.Services.AddExceptionHandler<ProblemExtensions.Handler>();
        // The OpenAPI document describes types by these options; answers are written by ApiJson itself.
        builder.Services.ConfigureHttpJsonOptions(static json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.Converters.Add(new UtcTimestampConverter());
        });
        builder.Services.AddOpenApi("v1", static options => options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Info.Title = "AgentSystem orchestrator";
            document.Info.Description = "Tasks for agents: submit, follow, cancel, replay. Every call needs the API key, in X-Api-Key, as a bearer token, or by /login.";
            document.AddApiKey();
            return Task.CompletedTask;
        }));
    }

    /// <summary>Maps every area of the API, its OpenAPI document at <c>/openapi/v1.json</c> and the page at <c>/docs</c>.</summary>
    public static WebApplication MapApi(this WebApplication app)
    {
        var api = app.MapGroup("").AddEndpointFilter(ProblemExtensions.AnswerBadInputAsync).AddEndpointFilter(QueryParameters.RefuseUnknownAsync);
        api.MapTasks();
        api.MapWorkers();
        api.MapEvents();
        api.MapBudget();
        api.MapQuestions();
        app.MapChaos();
        app.MapOpenApi();
        app.MapScalarApiReference("/docs", static options => options
            .WithTitle("AgentSystem orchestrator")
            .DisableDefaultFonts()
            .HideDeveloperTools()
            .HideClientButton()
            .DisableTelemetry()
            .DisableAgent());
        app.MapGet("/", () => Results.Redirect("/docs")).ExcludeFromDescription();
        return app;
    }

    /// <summary>Says in the document that every call needs the key, so that the page has a field for it.</summary>
    private static void AddApiKey(this OpenApiDocument document)
    {
        const string name = "ApiKey";
        document.Components ??= new();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[name] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = ConnectionFile.ApiKeyHeader,
            Description = "Made per run; `agentctl` and the login link have it.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(name, document)] = [] }];
    }
}
