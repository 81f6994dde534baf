using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Publishing;

/// <summary>What the command line, the environment and the settings want of the AppHost: that it runs the application, or that it publishes it.</summary>
internal static class Operation
{
    /// <summary>The step of Aspire's pipeline that writes the manifest, and the only one of this engine.</summary>
    public const string ManifestStep = "publish-manifest";

    private const string OperationKey = "AppHost:Operation";
    private const string PublisherKey = "Publishing:Publisher";
    private const string StepKey = "Pipeline:Step";
    private const string OutputPathKey = "Pipeline:OutputPath";

    /// <summary>Short forms of the keys on the command line.</summary>
    public static Dictionary<string, string> Switches { get; } = new()
    {
        ["--operation"] = OperationKey,
        ["--publisher"] = PublisherKey,
        ["--step"] = StepKey,
        ["--output-path"] = OutputPathKey,
    };

    /// <exception cref="DistributedApplicationException">It is neither.</exception>
    public static DistributedApplicationOperation Decide(IConfiguration configuration)
    {
        // Deployment tools name the publisher and nothing else.
        if (IsManifest(configuration[PublisherKey]))
        {
            Default(configuration, StepKey, ManifestStep);
            Default(configuration, OperationKey, "publish");
        }

        return configuration[OperationKey]?.ToUpperInvariant() switch
        {
            "PUBLISH" => DistributedApplicationOperation.Publish,
            "RUN" => DistributedApplicationOperation.Run,
            null => configuration[PublisherKey] is null ? DistributedApplicationOperation.Run : DistributedApplicationOperation.Publish,
            _ => throw new DistributedApplicationException($"--operation {configuration[OperationKey]} is unknown: it has to be run or publish."),
        };
    }

    /// <summary>The file that is asked for; a path that does not end in .json is that of its folder.</summary>
    /// <param name="configuration">The AppHost's.</param>
    /// <param name="appHost">The AppHost's name.</param>
    /// <exception cref="DistributedApplicationException">Something else is asked for, or nothing.</exception>
    public static string ManifestPath(IConfiguration configuration, string appHost)
    {
        if (configuration[PublisherKey] is { } publisher && !IsManifest(publisher))
            throw new DistributedApplicationException(
                $"There is no publisher '{publisher}': the only one is manifest. Docker Compose is published with --operation publish --step publish, for which the AppHost has to be built with the Aspire engine (-p:AppHostEngine=aspire, where a NuGet feed has Aspire's packages, 13.5.2).");

        var output = configuration[OutputPathKey];
        if (configuration[StepKey] is var step && step != ManifestStep)
            throw new DistributedApplicationException(
                $"{(step is null ? "Publishing and deploying need" : $"The step '{step}' needs")} the Aspire engine: this AppHost was built with the embedded one, which writes the manifest only (--publisher manifest). "
                + $"Where a NuGet feed has Aspire's packages (13.5.2), run: dotnet run --project {appHost} -p:AppHostEngine=aspire -- --operation publish{(step is null ? "" : $" --step {step}")}{(output is null ? "" : $" --output-path {output}")}");

        if (output is null)
            throw new DistributedApplicationException("Where should the manifest go? Say so with --output-path <file.json or folder>.");
        return output.EndsWith(".json", StringComparison.Ordinal) ? output : Path.Combine(output, "aspire-manifest.json");
    }

    private static bool IsManifest(string? publisher) => string.Equals(publisher, "manifest", StringComparison.OrdinalIgnoreCase);

    private static void Default(IConfiguration configuration, string key, string value)
    {
        if (string.IsNullOrEmpty(configuration[key]))
            configuration[key] = value;
    }
}
