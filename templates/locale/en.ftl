# Texts of the pages. The texts of identity's messages are in the crate `identity`;
# other languages have them here, under their upper-case keys.

language-name = English

## The shell
skip = Skip to the content
navigation = Main
theme = Light or dark
sign-in = Sign in
sign-up = Sign up
log-out = Log out
dismiss = Dismiss
form-mend = Some of it has to be mended first:
done-language = These pages are in { $name } now.
no-such-language = There are no texts in this language.
tab-sessions = Sessions
tab-profile = Profile
powered-by = Powered by
rights = All rights reserved.
nav-overview = Overview
nav-machines = Machines
nav-networks = Networks
nav-images = Images
nav-files = Files
nav-usage = Usage
nav-api = API access
nav-account = Account
nav-guide = Guide
administration = Administration
nav-contact = Contact
search = Search
search-for = Pages, actions, machines
search-none = Nothing is called “{ $query }”.
kind-page = Page
kind-action = Action
kind-person = Person
kind-machine = Machine

## Words used in many places
actions = Actions
addresses = IP addresses
cancel = Cancel
changed = Changed
copied = Copied
copy = Copy
created = Created
delete = Delete
details = Details
expires = Expires
items = Items
just-now = just now
minutes-ago = { $n ->
    [1] 1 minute ago
   *[other] { $n } minutes ago
 }
hours-ago = { $n ->
    [1] 1 hour ago
   *[other] { $n } hours ago
 }
days-ago = { $n ->
    [1] yesterday
   *[other] { $n } days ago
 }
keep = Keep it
in-minutes = { $n ->
    [1] in 1 minute
   *[other] in { $n } minutes
 }
in-hours = { $n ->
    [1] in 1 hour
   *[other] in { $n } hours
 }
in-days = { $n ->
    [1] in 1 day
   *[other] in { $n } days
 }
kind = Kind
log = Log
name = Name
next-page = Next page
over = over
page-of = Page { $page } of { $pages }
pages = Pages
previous-page = Previous page
send = Send
look = Look
of-limit = of { $limit }
private = Private
public = Public
save = Save
size = Size
state = State
system = Operating system
unlimited = Unlimited
used-of = { $used } of { $limit }
where = You are here

## Errors
error-title-400 = That did not work
error-title-403 = You may not do this
error-title-404 = This page does not exist
projects-later = Pages of projects are not there yet. Everybody has a project of their own; its limits stand under Usage.
error-title-409 = Not now
error-title-413 = Too much
error-title-500 = Something went wrong
error-title-501 = Not supported yet
error-title-503 = Not available at the moment
error-text-500 = The mistake is ours, and it has been noted. Please try again in a moment.
error-help = Need help?
error-id = If it happens again, tell us this number:
forgery = The form was not sent by a page of this session. Go back, reload the page and send it again.
form-too-long = The form is too long.
no-such-page = There is nothing at this address.
to-front = To the front page

## Front page and overview
portal-title = Welcome
portal-head = { $service }, your own cloud
portal-text = Machines, networks and files that you make and remove yourself, from the browser or from a program.
to-dashboard = To my overview
machines-about = Start a machine from an image, and throw it away when you are done.
files-about = Keep files, and the disk images your machines are made of.
api-about = Everything here can be done by a program as well.
hello = Hello, { $name }
machines-running = Machines running
stored = Stored
containers = Containers
first-step = Upload a disk image to begin
usage-empty = There is nothing to show yet.
usage-none = Nothing to show yet
usage-all = Usage in detail
usage-says = { $used } out of { $limit } ({ $left } left)
project-left = The project as a whole has only { $left } left.
group-storage = Storage
group-compute = Machines
group-network = Networks
group-accounts = Account
all-of-them = All { $n }
services = Services
needs-you = Needs you
need-people = { $n ->
    [1] 1 account waits for approval.
   *[other] { $n } accounts wait for approval.
 }
need-token = Your API token ends { $when }.
need-machine = The machine { $name } has an error.
need-quota = { $resource }: { $used } of { $limit } are used.

## Login, sign-up, passwords
login-no-way = { $method } is not available for your account, and there is no other way in. Write to { $email }.
login-title = Sign in
email = Email
email-help = We send a link there to make sure it is yours.
password = Password
password-again = Password again
password-help = At least 8 characters. Long and easy to remember beats short and strange.
forgot = Forgot your password?
no-account = No account yet?
have-account = You have an account?
signup-title = Create your account
signup-intro = It takes a minute.
create-account = Create account
first-name = First name
last-name = Last name
resend = Send the verification email again
check-mail-title = Check your mail
moderation-title = Waiting for approval
rejected-title = Your account was not accepted
accepted-title = You are in
activate-title = Confirm your email
activate-ask = Press the button to confirm that this email address is yours.
activate-button = Confirm
logout-ask = Do you want to log out?
reset-title = Forgot your password?
reset-intro = Tell us your email address and we send you a link for a new password.
reset-button = Send the link
new-password-title = New password
new-password = New password
old-password = Present password
set-password = Set password
renew-token-too = Make a new API token too

## Account
user-id = User ID
joined = Joined
change-password = Change password
language = Language
language-help = Of these pages and of the mails you get.
sessions = Where you are signed in
sessions-help = End what you do not know.
browser = Browser
from-address = From
last-used = Last used
this-browser = This browser
end-session = End
end-others = End all others
done-session-ended = The session was ended.
own-project = System project

## API access
api-intro = Programs prove who you are with a token. Treat it like a password.
auth-url = Authentication URL
token = Token
show-token = Show the token
renew-token = Make a new token
renew-ask = Programs that use the present token stop working at once.
kamaki = Set up kamaki
kamaki-help = kamaki is the command line of this cloud. Install it, tell it where the cloud is and who you are:
download-kamakirc = Download .kamakirc
copy-token = Copy the token
get-client = Get the command-line client
other-clients = Other clients
other-clients-help = Where a client asks for a name and a password, the name is your user ID and the password is the token.

## Contact
contact-title = Contact us
contact-intro = A person reads it and answers to { $email }.
contact-message = Your message
contact-help = What did you do, what did you expect, what happened instead?

## Resources
resource-pithos-diskspace = File storage
resource-cyclades-disk = Disks of machines
resource-cyclades-cpu = CPUs
resource-cyclades-ram = Memory
resource-cyclades-vm = Machines
resource-cyclades-network-private = Private networks
resource-cyclades-floating-ip = Public IP addresses

## Files
new-container = New container
create-container = Create container
upload-files = Upload files
upload = Upload
folder-empty = Nothing here yet
folder-empty-help = Choose files above, or send them by command:
make-image = Make image
upload-broken-off = The upload broke off before it was complete. Nothing of the last file was kept.
upload-nothing = No file was chosen.
delete-container-ask = Delete the container “{ $name }”?
delete-file-ask = Delete “{ $name }”?
done-container-created = The container was created.
done-container-deleted = The container was deleted.
done-file-deleted = The file was deleted.
done-uploaded = Uploaded.

## Images
images-none = No images yet
images-empty = A machine is made of an image: a disk with a system on it. Upload one as a file, then register it.
register-image = Register image
register-intro = An image is a file of yours that machines can be made of. The file stays where it is.
image-file = File
image-file-help = Container and name, as in pithos/debian.diskdump
disk-format = Disk format
disk-format-help = diskdump for a raw disk; extdump or ntfsdump for a file system.
system-help = As in debian or ubuntu.
system-family = System family
system-family-help = linux, freebsd or windows.
root-partition = Root partition
root-partition-help = Number of the partition with the system, usually 1.
public-image = Everybody may use it
visibility = For
registered = Registered
unregister = Unregister
unregister-ask = Unregister the image “{ $name }”?
unregister-consequence = The file stays. Machines made of the image go on running.
done-image-registered = The image was registered.
done-image-unregistered = The image was unregistered.

## Machines
machines-none = No machines yet
machines-empty = A machine is a computer of your own in this cloud. You pick an image and a size; a minute later it runs.
create-machine = Create machine
new-machine-name = My machine
flavors-empty = There are no sizes on offer yet. The administrator has to add some.
flavor-title = { $cpus } CPU · { $ram } memory
flavor-text = { $disk } GB disk · { $name }
machine-size = { $cpus } CPU · { $ram } memory · { $disk } GB disk
quota-after = What you use now
same-by-command = The same by command
image = Image
machine-id = Machine ID
no-addresses = None yet
start = Start
shut-down = Shut down
reboot = Reboot
destroy = Destroy
destroy-ask = Destroy “{ $name }”?
destroy-consequence = The machine and its disk are removed for good. This cannot be undone.
type-name = Type { $name } to confirm
type-name-wrong = This is not the machine’s name.
machine-password = Password of the machine
machine-password-help = Write it down now. When you dismiss it here, nobody can show it again.
password-noted = I have noted it
live-lost = The connection is lost; states may be old. Trying again…
line-initializing = Getting ready
line-copying = Copying the image, { $percent } %
line-finishing = Finishing
line-destroying = Removing
network-active = Ready
network-deleted = Removed
network-error = Error
network-pending = Being made
browser-on = { $browser } on { $system }
browser-other = Another program
state-active = Running
state-build = Building
state-deleted = Removed
state-destroy = Destroying
state-error = Error
state-reboot = Rebooting
state-shutdown = Shutting down
state-start = Starting
state-stopped = Stopped
done-create = Your machine is being built.
done-destroy = The machine is being removed.
done-start = The machine is starting.
done-shutdown = The machine is shutting down.
done-reboot = The machine is rebooting.
done-password-forgotten = The password is no longer kept here.

## Networks
networks-none = No networks yet
networks-empty = Networks connect your machines with each other and with the world.

## Programs that ask for access
consent-allow = Allow
consent-deny = Do not allow
consent-who = You are logged in as { $email }.
weblogin-title = Let a program in?
weblogin-text = A program on your computer asks for the key to your account. It listens at { $scheme }: addresses.
weblogin-address = The key goes to { $address }
weblogin-rights = With it the program can do everything that you can do here, until the key expires or you make a new one.
weblogin-renew = A new key is made: programs that have the old one stop working, and you are logged out everywhere else.
weblogin-leave = Log out and go on
authorize-title = Let this application in?
authorize-text = { $client } asks to act for you for a short time.
authorize-scope = For: { $scope }
authorize-target = You are then sent back to { $origin }
menu-sign-in = Sign in
menu-dashboard = Dashboard
menu-sign-out = Sign out
component-astakos = Your account: your profile, what you use, and the projects you share with others.
component-pithos = Storage for your files: upload, share and publish them.
component-cyclades = Virtual machines and the networks between them.

## Guide
guide-title = Administrator's guide
guide-administrators = The guide is for administrators.

## The life of an account: terms, invitations, another address, decisions by mail
tab-invitations = Invitations
terms-title = Terms of service
terms-link = Terms of service
terms-agree = I have read and accept the
terms-accept = Accept
terms-new = Please read the terms and accept them. Until then you cannot use your account.
terms-since = In force since { $at }
done-terms-signed = Thank you. You have accepted the terms.
invite-title = Invitations
invite = Invite
invitations-left = { $n ->
    [0] You have no invitations left.
    [1] You have 1 invitation left.
   *[other] You have { $n } invitations left.
 }
invitations-none = No invitations sent
invitations-sent = Sent
real-name = Real name
sent-at = Sent
used = Used
yes = Yes
no = No
email-change-title = Change email address
email-present = Present address
email-new = New address
email-waits = Waiting for
email-change-help = We send a link to the new address and one to the present one. The change is done when both agreed.
email-change-button = Change address
email-change-box = Change my address
email-change-ask-new = Somebody wants to move an account to this address. Is it yours, and do you want that?
email-change-ask-old = Somebody wants to move your account to another address. Do you want that?
email-change-agree = Yes, move it
email-change-refuse = No
asked-at = Asked for
password-change-box = Change my password
password-make = Set a password
password-first = Your account has no password yet. With one you can also sign in by email address and password.
done-password-made = The password is set. You can sign in with it from now on.
name-forced = Your login method says what this is.
signup-message = A few words to those who decide
signup-message-help = New accounts are looked at by people. Tell them who you are and what you need the account for.
moderate-title = Somebody wants an account
moderate-intro = This link was made for { $recipient }. Nothing is decided before you press a button below.
moderate-verified = Address confirmed
moderate-method = Signs in with
moderate-affiliation = Affiliation
moderate-message = What they wrote
moderate-accept = Accept
moderate-reject = Reject
moderate-reason = Reason
moderate-reason-help = It is kept with the account; administrators can read it.
moderate-relatives = Accounts of the same domain
moderate-relatives-none = There are none.
moderate-relatives-more = These are the newest; there are more.
moderate-by-management = the management
moderate-was-accepted = { $email } was already decided on: accepted by { $by } at { $at }.
moderate-was-rejected = { $email } was already decided on: rejected by { $by } at { $at }.
done-moderate-accepted = The account was accepted. We told its owner.
done-moderate-rejected = The account was rejected.

## Administration
nav-adm-users = Users
nav-adm-audit = Audit
nav-adm-figures = Figures
adm-users = Users
adm-search = Name, address, id, group, identity …
adm-any = Any
adm-group = Group
adm-groups = Groups
adm-provider = Login method
adm-sort = Order
adm-sort-newest = Newest first
adm-sort-oldest = Oldest first
adm-sort-address = By address
adm-columns = Columns
adm-sessions = Open sessions
adm-show = Show
adm-building = The search index is being built. Until it is there, only full addresses, numbers and ids are found.
adm-none = Nobody here
adm-none-filtered = Nothing fits all of these filters.
adm-none-yet = Everybody who signs up appears here. An account can also be made on the command line:
adm-clear = Clear the filters
adm-export = Export
adm-people = { $n ->
    [1] 1 person
   *[other] { $n } people
 }
adm-select-all = Select all on this page
adm-select = Select { $name }
adm-selected = With the # selected
adm-with-selected = With the selected
adm-choose = Choose …
adm-go-on = Go on
adm-pages = Pages
adm-first-page = First page
adm-person = Person
adm-state-active = Active
adm-state-inactive = Inactive
adm-state-rejected = Rejected
adm-state-unmoderated = Waits for approval
adm-state-unverified = Address not verified
adm-col-id = Number
adm-col-groups = Groups
adm-col-providers = Login methods
adm-col-joined = Joined
adm-col-last-login = Last login
adm-col-verified = Verified
adm-col-admin = Superuser
adm-col-level = Level
adm-col-invitations = Invitations
adm-col-affiliation = Affiliation
adm-col-uuid = User id
adm-no-user = There is no user called “{ $name }”.
adm-superuser = Superuser
adm-more = More
adm-username = User name
adm-accepted-email = Address at acceptance
adm-affiliation = Affiliation
adm-language = Language
adm-permissions = Permissions
adm-group-permissions = Permissions by groups
adm-level = Level
adm-invitations = Invitations left
adm-default-project = Default project
adm-password = Has a password
adm-second-factor = Has a second factor
adm-pending-email = Address to come
adm-profile-confirmed = Profile confirmed
adm-history = History
adm-log-joined = Signed up
adm-log-sent = Verification mail sent
adm-log-verified = Address verified
adm-log-moderated = Decided
adm-log-deactivated = Deactivated
adm-log-terms = Terms signed
adm-log-token = API token made
adm-log-token-ends = API token expires
adm-log-updated = Last change
adm-log-login = Last login
adm-methods = Login methods
adm-methods-none = This account has none: nobody can log in to it.
adm-identifier = Identifier
adm-provided = Told by the provider
adm-on = On
adm-off = Off
adm-quota-of = Quota: { $name }
adm-trail = What administrators did
adm-trail-all = All of it
adm-trail-none = Nothing so far.
adm-op-accept = Accept
adm-op-reject = Reject
adm-op-verify = Mark the address as verified
adm-op-resend = Send the verification mail again
adm-op-activate = Activate
adm-op-deactivate = Deactivate
adm-op-contact = Write a message
adm-op-set-email = Set the address
adm-op-modify-email = Ask for another address
adm-op-reset-second-factor = Reset the second factor
adm-op-enable-local = Enable login by password
adm-op-release-shibboleth = Remove the academic identity
adm-op-add-group = Add to a group
adm-op-delete-group = Remove from a group
adm-op-add-permission = Give a permission
adm-op-delete-permission = Take a permission
adm-op-level = Set the level
adm-op-invitations = Set the invitations
adm-op-quota = Set a quota
adm-op-default-project = Set the default project
adm-op-sign-terms = Mark the terms as signed
adm-op-renew-token = Renew the API token
adm-op-renew-password = Set a random password
adm-op-set-admin = Make a superuser
adm-op-unset-admin = Take superuser away
adm-op-delete = Delete the account
adm-ask-accept = The account becomes active and gets its quota; the person is told by mail.
adm-ask-reject = The person cannot log in. Nobody is told by mail. It can be accepted later.
adm-ask-deactivate = All sessions end at once and the API token stops working; quota is suspended.
adm-ask-set-email = No message is sent, and the address counts as it did before.
adm-ask-modify-email = Links are mailed to both addresses; the address changes when both agreed.
adm-ask-reset-second-factor = For somebody who lost the device: all second factors and recovery codes go, and all sessions end. Make sure that it is really them who ask.
adm-ask-enable-local = Without a password so far, a random one is made and shown once.
adm-ask-release-shibboleth = Who logs in with this identity next is a stranger.
adm-ask-renew-token = Programs of the person stop working until they get the new token.
adm-ask-renew-password = The present password and all sessions end. The new password is shown once.
adm-ask-set-admin = A superuser may do everything, for everybody.
adm-ask-delete = This cannot be undone.
adm-permission = Permission
adm-project = Project
adm-number-wrong = Give a whole number from 0.
adm-amount-wrong = Give an amount, as 10, 20GB or inf, or the word default.
adm-reason = Reason
adm-reason-help = Kept with the account. May be empty.
adm-resource = Resource
adm-amount = Amount
adm-amount-help = As 10, 20GB or inf; default takes the setting back.
adm-subject = Subject
adm-text = Text
adm-text-help = {"{{"} full_name {"}}"}, first_name, last_name and email in double braces are filled in.
adm-contact-subject = New e-mail from { $service }
adm-password-once = The new password, shown this once. Hand it over by a safe way.
adm-back = Back to the account
adm-bulk-ask = { $op }: { $n } people
adm-chosen = Chosen people
adm-too-many = At most 500 people at once.
adm-all-matching = Everybody who fits the filters, on all pages
adm-too-deep = The list is too long to begin there; narrow the search.
adm-no-type = There is nothing called “{ $name }” here.
adm-json-only = This address answers programs: ask for application/json.
adm-stats-terse = Terse (JSON)
adm-stats-detail = Detailed (JSON)
adm-extra-allowed-actions = Allowed actions
adm-extra-id = ID
adm-extra-item-name = Name
adm-extra-details-url = Details
adm-extra-contact-id = Contact ID
adm-extra-contact-email = Contact e-mail
adm-extra-contact-name = Contact name
adm-extra-uuid = UUID
adm-extra-pending-email = Pending new e-mail
adm-extra-status = Status
adm-extra-groups = Groups
adm-extra-enabled-providers = Enabled providers
adm-extra-moderation-policy = Moderation policy
adm-extra-suspended-vms = Suspended VMs
adm-results = { $done } of { $all } done.
adm-result = Result
adm-said = Details
adm-done = Done
adm-not-done = Not done
done-adm = Done.
done-adm-deleted = The account is deleted.
done-adm-nobody = Nobody was selected.
adm-audit = Audit trail
adm-audit-search = Any word: names, addresses, values, request id
adm-who = Who
adm-kind = Kind
adm-target = Of what
adm-action = Action
adm-since = From
adm-until = To
adm-when = When
adm-changes = Before → after
adm-from = From where
adm-audit-none = No entries
adm-audit-further = None among the newest entries; the next page looks further back.
adm-audit-empty = Everything administrators do, by page, mail or command, is listed here.
adm-audit-utc = Newest first; days are of UTC.
adm-figures = Figures
adm-by-state = By state
adm-by-provider = By login method
adm-by-group = By group
adm-count = People
adm-total = All people

## Guide
## Programs that ask for access
## Login methods, captcha, second factor, sessions
add = Add
began = Began
captcha-broken = This form cannot be sent at the moment. Please contact the support team.
captcha-help = So that we know you are not a program.
captcha-noscript = This question needs JavaScript. Please switch it on, or write to the support team.
captcha-sum = How much is { $sum }?
change = Change
codes-how = Each of these codes opens your account once, when you have no other second factor at hand. Print them or keep them where you keep passwords. They are shown only now.
codes-kept = I have kept them
codes-left = { $n ->
    [1] One recovery code is left.
   *[other] { $n } recovery codes are left.
    }
codes-renew = New recovery codes
codes-title = Your recovery codes
contact-email = Contact email address
done-factor-added = The second factor is set up.
done-factor-removed = The second factor is removed.
existing-no = No, sign up
existing-text = You can add your { $name } to an account you have here: log in to it, and it will be added.
existing-title = Do you have an account already?
existing-yes = Yes, add it to my account
factor-name = Name
factor-name-help = To tell your devices apart, for example "Telephone".
identifier = Identifier
login-methods = Login methods
login-methods-help = The ways you can log in to your account.
login-using = Login using
method-not-supported = { $name } login is not available on this site yet.
method-off = Cannot be used to log in
method-remove-ask = You will no longer be able to log in with { $name }.
method-remove-yes = Remove it
method-stays = Cannot be removed
methods-available = You can add
outside-forced = Set by your provider.
outside-greeting = Almost done. We know you by your { $name }:
outside-terms = I accept the
outside-terms-link = terms of use
outside-used = An account with this address exists.
outside-used-link = Add this login method to it
switch-send = Send me a link to attach this academic identity to that account
switch-title = Attach an academic identity
switch-ask = Somebody who logged in with the identity below asks to use this account with it.
switch-account = Account
switch-identity = Identity
switch-warning = Agree only if this identity is yours: whoever has it can log in to the account from then on.
switch-log-in-first = The account has a second factor, so you will be asked to log in first.
switch-agree = Attach it and log in
passkey = Passkey
passkey-about = A key kept by your telephone, computer or security key, opened by a finger, a look or a PIN.
passkey-ask = Use the passkey of your device.
passkey-failed = The device did not answer. Please try again.
passkey-noscript = Passkeys need JavaScript.
passkey-setup = Set up a passkey
passkey-touch = Continue with the device
passkey-use = Use a passkey
recovery-code = Recovery code
recovery-codes = Recovery codes
recovery-help = One of the codes you kept when you set up the second factor.
remove = Remove
second-about = A second factor protects your account even when somebody learns your password: it is asked for after the password.
second-back = Begin again
second-factor = Second factor
second-help = The six digits your app shows, or a recovery code.
second-login-again = Log out and in again with your second factor to go on.
second-must = Your account must have a second factor. Set it up now to go on.
second-none = You have no second factor.
second-remove-yes = Remove this second factor
second-required = Your account must have one.
second-title = Second factor
session-token = API token
session-token-help = Programs use it in your name. A new token stops the old one at once.
session-token-renew = Renew token
set-up = Set up
signup-using = Sign up using
since = since { $when }
totp = Codes of an app
totp-about = An app on your telephone shows six digits that change every half minute.
totp-code = Code
totp-confirm = Check the code
totp-how = Scan this picture with your app for codes, then type the six digits it shows.
totp-open = Open it in an app on this device
totp-picture = QR code for your app
totp-setup = Set up codes of an app
totp-typed = Or type this into the app:
used-last = used last
used-when = used { $when }

## Administration: mail
nav-adm-mail = Mail
adm-mail = Mail queue
adm-mail-queued = Waiting
adm-mail-failed = Not delivered
adm-mail-sent = Sent
adm-mail-none = No messages here
adm-mail-about = Messages wait here until the mail server takes them. What was sent is listed for a week.
adm-mail-to = To
adm-mail-subject = Subject
adm-mail-attempts = Attempts
adm-mail-error = Last error
adm-mail-retry = Try again
adm-mail-retry-all = Try all again
adm-mail-more = There are more; snf-manage mail-list shows all.
done-mail-retried = They are being sent again.
