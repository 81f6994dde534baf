using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Execution;

/// <summary>What is started for one replica, with every expression resolved.</summary>
internal sealed record Launch(
    string File, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Variables, IReadOnlySet<string> SecretVariables)
{
    /// <summary>The variables as the resource's snapshot has them.</summary>
    public ImmutableArray<EnvironmentVariableSnapshot> Shown =>
        [.. Variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, true) { IsSecret = SecretVariables.Contains(v.Key) })];

    public static async Task<Launch> ForAsync(
        IResource resource, Replica replica, Assembly? appHost, DeveloperCertificates certificates, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
    {
        var ports = resource.Annotations.OfType<TargetPorts>().ToDictionary(p => p.Endpoint, p => p.Ports[replica.Index].ToString(CultureInfo.InvariantCulture));
        string Own(string text) => ports.Aggregate(text, (t, port) => t.Replace(EndpointAllocation.Expression(port.Key), port.Value, StringComparison.Ordinal))
            .Replace(Telemetry.InstanceId, ReplicaIds.Suffix(replica.Id), StringComparison.Ordinal);
        async Task<string> Resolve(object? value) => Own(value switch
        {
            IValueProvider provider => await provider.GetValueAsync(new ValueProviderContext { Caller = resource, ExecutionContext = execution }, cancellationToken).ConfigureAwait(false) ?? "",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        });

        var environment = new EnvironmentCallbackContext(execution, resource, [], cancellationToken);
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await callback.Callback(environment).ConfigureAwait(false);
        var variables = new Dictionary<string, string>();
        foreach (var (name, value) in environment.EnvironmentVariables)
            variables[name] = await Resolve(value).ConfigureAwait(false);
        var secrets = environment.EnvironmentVariables.Where(variable => IsSecret(variable.Value)).Select(variable => variable.Key).ToHashSet();
        certificates.TrustIn(variables);

        var args = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = execution };
        foreach (var callback in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await callback.Callback(args).ConfigureAwait(false);
        var arguments = resource.Annotations.OfType<LaunchProfileArguments>().SelectMany(profile => profile.Words).ToList();
        foreach (var arg in args.Args)
            arguments.Add(await Resolve(arg).ConfigureAwait(false));

        if (resource is ExecutableResource executable)
            return new(Find(executable), arguments, executable.WorkingDirectory, variables, secrets);

        var project = resource.Annotations.OfType<IProjectMetadata>().Last().ProjectPath;
        var assembly = appHost?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(m => m.Key == $"ProjectTarget:{project}")?.Value;
        if (assembly is null)
            throw new DistributedApplicationException($"'{resource.Name}' cannot start: the AppHost has no project reference to {project}, by which this engine would know its program. Add one.");
        if (!System.IO.File.Exists(assembly))
            throw new DistributedApplicationException($"'{resource.Name}' is not built: {assembly} is missing. Run: dotnet build {project}");
        return new("dotnet", [assembly, .. arguments], Path.GetDirectoryName(project)!, variables, secrets);
    }

    private static bool IsSecret(object? value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        IResourceBuilder<ParameterResource> parameter => parameter.Resource.Secret,
        IValueWithReferences made => made.References.Any(IsSecret),
        _ => false,
    };

    private static string Find(ExecutableResource executable)
    {
        if (!Directory.Exists(executable.WorkingDirectory))
            throw new DistributedApplicationException($"'{executable.Name}' cannot start: its working directory {executable.WorkingDirectory} does not exist. Create it.");
        var candidates = executable.Command.Contains('/', StringComparison.Ordinal)
            ? [Path.GetFullPath(executable.Command, executable.WorkingDirectory)]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, executable.Command));
        return candidates.FirstOrDefault(System.IO.File.Exists)
            ?? throw new DistributedApplicationException($"'{executable.Name}' cannot start: there is no executable '{executable.Command}'. Install it, or put its folder on PATH.");
    }
}
