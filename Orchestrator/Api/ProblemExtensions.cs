using AgentSystem.Orchestrator.Journal;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Every error as problem details (RFC 9457).</summary>
internal static class ProblemExtensions
{
    internal static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            endpoint.ProducesProblem(status);
        return endpoint;
    }

    /// <summary>Answers bad input in the endpoint itself, so that it is no exception to logs and traces.</summary>
    internal static async ValueTask<object?> AnswerBadInputAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadInputException e)
        {
            return Results.Problem(
                detail: e.Detail, statusCode: e.Status, title: e.Message,
                extensions: e.Errors is null ? null : new Dictionary<string, object?> { ["errors"] = e.Errors });
        }
    }

    /// <summary>What the journal or the server itself has to say.</summary>
    internal sealed class Handler(IProblemDetailsService problems) : IExceptionHandler
    {
        /// <inheritdoc/>
        public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            var problem = exception switch
            {
                JournalException or SqliteException => new ProblemDetails
                {
                    Status = StatusCodes.Status503ServiceUnavailable,
                    Title = "The journal is not available.",
                    Detail = exception.Message,
                },
                BadHttpRequestException e => new ProblemDetails { Status = e.StatusCode, Title = "The request cannot be read.", Detail = e.Message },
                _ => null,
            };
            if (problem is null)
                return ValueTask.FromResult(false);
            httpContext.Response.StatusCode = problem.Status!.Value;
            return problems.TryWriteAsync(new() { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
        }
    }
}
