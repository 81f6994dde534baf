using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Hosting;

internal static class Hosts
{
    /// <summary>What a resource has said so far.</summary>
    public static async Task<string> LogOfAsync(this DistributedApplication app, string resource)
    {
        var text = "";
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(resource))
            text += string.Join('\n', lines.Select(line => line.Content));
        return text;
    }

    /// <summary>The variables that a resource gets, unresolved.</summary>
    public static async Task<Dictionary<string, object>> VariablesAsync(this IResource resource)
    {
        var context = new EnvironmentCallbackContext(new(DistributedApplicationOperation.Run), resource);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);
        return context.EnvironmentVariables;
    }

    /// <summary>Runs dotnet to its end, at most two minutes; its exit code and all it said.</summary>
    public static async Task<(int Code, string Output)> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("AppHostEngine");
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
