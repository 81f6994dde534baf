using AgentSystem.Protocol;
using AgentSystem.TelemetryStore.Chaos;
using AgentSystem.TelemetryStore.Configuration;
using AgentSystem.TelemetryStore.Health;
using AgentSystem.TelemetryStore.Ingest;
using AgentSystem.TelemetryStore.Ingest.Tail;
using AgentSystem.TelemetryStore.Jaeger;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Loki;
using AgentSystem.TelemetryStore.Storage;
using AgentSystem.TelemetryStore.Telemetry;
using AgentSystem.TelemetryStore.Traces;
using Grpc.AspNetCore.Server.Model;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore;

/// <summary>Puts the telemetry store together.</summary>
public static class TelemetryStoreExtensions
{
    /// <summary>Adds the storage, OTLP's receivers, and the APIs of Jaeger and Loki.</summary>
    public static WebApplicationBuilder AddTelemetryStore(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddOptions();
        builder.AddChaos();
        builder.Services.AddSingleton<StoreInstruments>();
        builder.Services.AddSingleton<StoreWriter>();
        builder.Services.AddSingleton<TraceIntake>();
        builder.Services.AddSingleton<LogFollowers>();
        builder.Services.AddSingleton<LogStore>();
        builder.Services.AddSingleton<ILogStore>(services => services.GetRequiredService<LogStore>());
        builder.Services.AddSingleton<TraceStore>();
        builder.Services.AddSingleton<ITraceStore>(services => services.GetRequiredService<TraceStore>());
        builder.Services.AddHostedService(services =>
        {
            // It has to know of undecided traces before the first one is written.
            services.GetRequiredService<TraceIntake>();
            return services.GetRequiredService<StoreWriter>();
        });
        builder.Services.AddHostedService<FileTail>();
        builder.Services.AddSingleton<OtlpIntake>();
        builder.Services.AddSingleton<OtlpGrpc>();
        builder.Services.AddSingleton<IServiceMethodProvider<OtlpGrpc>, OtlpGrpcMethods>();
        builder.ListenOnOtlpPorts();
        builder.Services.AddGrpc();
        builder.Services.AddOptions<Grpc.AspNetCore.Server.GrpcServiceOptions>().Configure<IOptions<TelemetryStoreOptions>>(
            (grpc, store) => grpc.MaxReceiveMessageSize = store.Value.MaxRequestBytes);
        builder.Services.AddHealthChecks().AddCheck<StorageHealth>("storage");
        return builder.AddLokiApi();
    }

    /// <summary>Maps OTLP's receivers, and the APIs of Jaeger and Loki. Like every endpoint they need the API key.</summary>
    public static WebApplication MapTelemetryStore(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseChaos();
        app.CountWhatGrpcRefuses();
        app.MapGrpcService<OtlpGrpc>();
        app.MapOtlpHttp();
        app.MapJaeger();
        return app.MapLokiApi();
    }

    private static void AddOptions(this WebApplicationBuilder builder) => builder.Services.AddOptions<TelemetryStoreOptions>()
        .BindConfiguration(TelemetryStoreOptions.Section)
        .Configure<IConfiguration>((options, configuration) =>
        {
            if (options.SharedDir.Length == 0)
                options.SharedDir = configuration[SharedVolume.RootVariable] ?? "";
            if (options.Folder.Length == 0 && options.SharedDir.Length > 0)
                options.Folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(options.SharedDir)) ?? "/", "telemetry");
        })
        .ValidateDataAnnotations()
        .Validate(
            options => OtlpPorts.IsAddress(options.OtlpGrpcUrl) && OtlpPorts.IsAddress(options.OtlpHttpUrl),
            "TelemetryStore:OtlpGrpcUrl and OtlpHttpUrl must be like http://127.0.0.1:4317, or off.")
        .Validate(options => options.Sampling.Share is >= 0 and <= 1, "TelemetryStore:Sampling:Share must lie between 0 and 1.")
        .ValidateOnStart();
}
