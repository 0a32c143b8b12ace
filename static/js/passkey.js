/** Say so on the page when a passkey or security key did not work. */
const message = document.querySelector("[data-passkey-error]");

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  message.hidden = true;
  requestAnimationFrame(() => {
    message.hidden = false;
    message.scrollIntoView({ block: "nearest" });
  });
});
