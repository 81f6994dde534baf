using AgentSystem.ServiceDefaults;
using AgentSystem.TelemetryStore;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTelemetryStore();

return await builder.RunServiceAsync(app =>
{
    app.MapDefaultEndpoints();
    app.MapTelemetryStore();
});
