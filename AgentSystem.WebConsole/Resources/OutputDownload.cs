using System.Text;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Resources;

/// <summary>Gives a process's output as a file.</summary>
internal static class OutputDownload
{
    internal static void MapOutputDownload(this IEndpointRouteBuilder routes) => routes.MapGet(
        "/resources/{id}/output.log", async (string id, ResourceServiceClient host, CancellationToken cancellationToken) =>
        {
            var answer = await host.OutputAsync(id, cancellationToken);
            if (answer.IsData)
            {
                var plain = string.Join('\n', answer.Value.Split('\n').Select(AnsiText.Plain));
                return Results.File(Encoding.UTF8.GetBytes(plain), "text/plain; charset=utf-8", $"{id}.log");
            }

            return Results.Problem(answer.Problem.Text, statusCode: answer.Problem.Kind switch
            {
                ProblemKind.NotFound => StatusCodes.Status404NotFound,
                ProblemKind.Refused => StatusCodes.Status400BadRequest,
                _ => StatusCodes.Status503ServiceUnavailable,
            });
        });
}
