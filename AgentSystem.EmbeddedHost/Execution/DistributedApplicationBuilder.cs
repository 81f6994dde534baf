using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Publishing;
using Aspire.Hosting.ResourceService;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Execution;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _inner;
    private readonly EntryPointInterception? _interception = EntryPointInterception.Current;

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        // In this order of increasing weight: ASPIRE_*, DOTNET_*, the command line; Aspire takes ASPIRE_ENVIRONMENT as the host's environment.
        var settings = new HostApplicationBuilderSettings { Args = options.Args, Configuration = new() };
        settings.Configuration.AddEnvironmentVariables("ASPIRE_");
        _interception?.OnConstructing(options, settings);
        _inner = new HostApplicationBuilder(settings);

        AppHostAssembly = options.AssemblyName is { Length: > 0 } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory ?? ProjectFolderOf(AppHostAssembly) ?? _inner.Environment.ContentRootPath;
        var secrets = UserSecrets.Add(_inner.Configuration, AppHostAssembly, _inner.Environment.IsDevelopment());
        _inner.Configuration.AddCommandLine(options.Args ?? [], Operation.Switches);
        ExecutionContext = new(Operation.Decide(_inner.Configuration));

        // This engine has no dashboard, but what is sent to one carries the same key as where there is one.
        if (ExecutionContext.IsRunMode && !options.DisableDashboard && !IsTrue("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"))
            secrets.GetOrSet(_inner.Configuration, "AppHost:OtlpApiKey", () => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)));

        Eventing.Subscribe<BeforeStartEvent>(Http2ServiceAnnotation.ApplyAsync);
        AddServices(options);
        AddRunner(options);
    }

    public ConfigurationManager Configuration => _inner.Configuration;
    public string AppHostDirectory { get; }
    public Assembly? AppHostAssembly { get; }
    public IHostEnvironment Environment => _inner.Environment;
    public IServiceCollection Services => _inner.Services;
    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();
    public DistributedApplicationExecutionContext ExecutionContext { get; }
    public IResourceCollection Resources { get; } = new ResourceCollection([]);

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (Resources.Any(known => string.Equals(known.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"There already is a resource named '{resource.Name}'. Give this one a name of its own.");
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new Builder<T>(this, resource);

    public DistributedApplication Build()
    {
        _interception?.OnBuilding(this);
        return new(_inner.Build(), _interception);
    }

    /// <summary>The folder of the project that an AppHost was compiled from.</summary>
    public static string? ProjectFolderOf(Assembly? assembly) =>
        assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(metadata => string.Equals(metadata.Key, "AppHostProjectPath", StringComparison.OrdinalIgnoreCase))?.Value;

    private void AddServices(DistributedApplicationOptions options)
    {
        _inner.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        _inner.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        _inner.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        _inner.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        _inner.Services.AddHttpClient();
        _inner.Services.AddHealthChecks();
        _inner.Services.AddSingleton(TimeProvider.System);
        _inner.Services.AddSingleton(ExecutionContext);
        _inner.Services.AddSingleton(Eventing);
        _inner.Services.AddSingleton(new DistributedApplicationModel(Resources));
        _inner.Services.AddSingleton(services => new ResourceNotificationService(services));
        _inner.Services.AddSingleton<ResourceLoggerService>();
        _inner.Services.AddSingleton(services => new ResourceCommandService(
            services.GetRequiredService<ResourceNotificationService>(), services.GetRequiredService<ResourceLoggerService>(), services));
        _inner.Services.Configure<ResourceNotificationServiceOptions>(waits =>
            waits.DefaultWaitBehavior = options.DisableDashboard ? WaitBehavior.StopOnResourceUnavailable : WaitBehavior.WaitOnResourceUnavailable);
    }

    private void AddRunner(DistributedApplicationOptions options)
    {
        var isTest = _interception is not null;
        // Aspire asks in its dashboard, so where that is off nobody is asked, unless a terminal is named.
        var terminal = _inner.Configuration["AppHost:Terminal"] is { Length: > 0 } device ? new Terminal(device) : null;
        var asks = !isTest && !options.DisableDashboard && _inner.Configuration.GetValue("ASPIRE_INTERACTIVITY_ENABLED", true);
        _inner.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<Runner>(services, new RunSettings(
            AppHostAssembly,
            RandomizePorts: _inner.Configuration.GetValue("DcpPublisher:RandomizePorts", false),
            // Where the run keeps its data; a host that has no such place leaves no files.
            LogFolder: _inner.Configuration["Aspire:Store:Path"] is { Length: > 0 } store ? Path.Combine(store, ".aspire", "logs") : null,
            terminal ?? (asks ? Terminal.OfThisProcess() : null))));
        _inner.Services.AddSingleton<DeveloperCertificates>();
        _inner.Services.AddSingleton<ManifestPublisher>();
        // Like Aspire's, the service is there for a dashboard. It comes first, so that processes can be told its address.
        if (ExecutionContext.IsRunMode && !options.DisableDashboard)
            ResourceServiceHost.AddTo(_inner.Services, _inner.Configuration);
        if (ExecutionContext.IsRunMode)
            _inner.Services.AddHostedService(services => services.GetRequiredService<Runner>());
        _inner.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
    }

    private bool IsTrue(params string[] keys) => keys.Select(key => _inner.Configuration[key]).FirstOrDefault(value => value is not null) is { } text && (text == "1" || bool.TryParse(text, out var yes) && yes);

    private sealed class Builder<T>(IDistributedApplicationBuilder applicationBuilder, T resource) : IResourceBuilder<T> where T : IResource
    {
        public IDistributedApplicationBuilder ApplicationBuilder => applicationBuilder;
        public T Resource => resource;

        public IResourceBuilder<T> WithAnnotation<TAnnotation>(TAnnotation annotation, ResourceAnnotationMutationBehavior behavior)
            where TAnnotation : IResourceAnnotation
        {
            if (behavior == ResourceAnnotationMutationBehavior.Replace)
            {
                foreach (var old in resource.Annotations.OfType<TAnnotation>().ToArray())
                    resource.Annotations.Remove(old);
            }

            resource.Annotations.Add(annotation);
            return this;
        }
    }
}
