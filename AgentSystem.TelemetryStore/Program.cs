using AgentSystem.ServiceDefaults;
using AgentSystem.TelemetryStore;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTelemetryStore();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapTelemetryStore();
return await app.RunServiceAsync();
